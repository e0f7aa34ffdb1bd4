import { createHash } from 'node:crypto';
import type { RenderedMessage } from '../../domain/rendered-message.ts';

/**
 * Tells whether two messages say the same, without keeping what they say: SHA-256 over the words. For providers that give
 * the words back but nothing of ours, it is part of the proof that a message was accepted.
 */
export function fingerprintOf(content: RenderedMessage): string {
  return fingerprintOfWords(content.text);
}

/** The same of words as a provider gives them back; white space at both ends does not count. */
export function fingerprintOfWords(words: string): string {
  return createHash('sha256').update(words.trim()).digest('base64url');
}
