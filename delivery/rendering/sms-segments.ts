/**
 * How many segments a text message is billed as. GSM 03.38 (3GPP TS 23.038): 160 septets in one segment, 153 in each of
 * several; characters of the extension table take two and are never split. Anything outside the table turns the whole
 * text into UCS-2: 70 UTF-16 units in one segment, 67 in each of several, and a surrogate pair is never split.
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extended = new Set('\f^{}\\[~]|€');

export type SmsEncoding = 'gsm-7' | 'ucs-2';

export interface SmsSize {
  readonly encoding: SmsEncoding;
  readonly segments: number;
}

/** The encoding and number of segments of `text`; an empty text takes one. */
export function sizeOfSms(text: string): SmsSize {
  const encoding = encodingOf(text);
  const widths = Array.from(text, (character) => widthOf(character, encoding));
  const [single, several] = encoding === 'gsm-7' ? [160, 153] : [70, 67];
  const total = widths.reduce((sum, width) => sum + width, 0);
  return { encoding, segments: total <= single ? 1 : segmentsOf(widths, several) };
}

function encodingOf(text: string): SmsEncoding {
  for (const character of text) {
    if (!basic.has(character) && !extended.has(character)) return 'ucs-2';
  }
  return 'gsm-7';
}

function widthOf(character: string, encoding: SmsEncoding): number {
  if (encoding === 'ucs-2') return character.length;
  return extended.has(character) ? 2 : 1;
}

/** A character of width two that does not fit any more moves to the next segment as a whole. */
function segmentsOf(widths: readonly number[], room: number): number {
  let segments = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > room) {
      segments += 1;
      used = 0;
    }
    used += width;
  }
  return segments;
}
