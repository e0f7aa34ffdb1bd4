import { describe, expect, it } from 'vitest';
import { parseEvents } from '../../intake/parse-event.ts';
import { readCodeBlocks } from './code-blocks.ts';

const blocks = readCodeBlocks().filter(({ language }) => language === 'json');

describe('JSON in a document', () => {
  it.each(blocks)('$place can be read, and its events are valid', ({ text }) => {
    const value: unknown = JSON.parse(text);
    const events = (Array.isArray(value) ? value : [value]).filter(looksLikeEvent);
    expect(parseEvents(events)).toHaveLength(events.length);
  });
});

function looksLikeEvent(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'occurredAt' in value && 'id' in value;
}
