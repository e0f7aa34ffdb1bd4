import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventCatalogue, isEventName } from '../../domain/events/catalogue.ts';
import { eventToSendFor } from '../../domain/events/sent-events.ts';
import { root } from './code-blocks.ts';

it('The table of events in "Connect a shop" has every event, and says of each who sends it', () => {
  const guide = readFileSync(join(root, 'docs/guides/connect-a-shop.md'), 'utf8');
  const table = guide.slice(guide.indexOf('| event | sent by |'), guide.indexOf('## What the answers mean'));
  const rows = [...table.matchAll(/^\| `(\S+)` \| (.+) \|$/gm)].map(([, event, by]) => [event, by]);
  const names = Object.keys(eventCatalogue).filter(isEventName);
  expect(rows).toEqual(names.map((name) => [name, senderOf(name, eventToSendFor(name))]));
});

function senderOf(event: string, toSend: string): string {
  return event === toSend ? 'the shop' : `follows from \`${toSend}\``;
}
