import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PerennialError } from '../../domain/perennial-error.ts';

/**
 * The text of a file, piece by piece, in bounded memory. Files may be packed with gzip, and written in UTF-8 or, with a
 * byte order mark as spreadsheets write it, in UTF-16.
 *
 * @throws PerennialError `file-unreadable` when there is no such file, it is damaged, or it is in another encoding: letters
 * that cannot be read are refused, not replaced.
 */
export async function* readText(file: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  try {
    for await (const chunk of await openBytes(file)) {
      decoder ??= decoderFor(chunk, file);
      yield decoder.decode(chunk, { stream: true });
    }
    if (decoder !== undefined) yield decoder.decode();
  } catch (cause) {
    throw refusal(file, cause);
  }
}

/** The first bytes of a file that was packed with gzip (RFC 1952, 2.3.1). */
const gzipMark = Buffer.from([0x1f, 0x8b]);

async function openBytes(file: string): Promise<AsyncIterable<Buffer>> {
  const mark = Buffer.alloc(2);
  const handle = await open(file, 'r');
  try {
    await handle.read(mark, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const bytes = createReadStream(file);
  if (!mark.equals(gzipMark)) return bytes;
  // A failure of either ends the other, and is thrown where the text is read.
  return pipeline(bytes, createGunzip(), () => undefined);
}

/** What spreadsheets call it. */
const saveAsUtf8 =
  'Save it as UTF-8 (Excel: "CSV UTF-8"), or as UTF-16 with its mark (Excel: "Unicode Text").';

function decoderFor(start: Buffer, file: string): TextDecoder {
  const encoding =
    start[0] === 0xff && start[1] === 0xfe
      ? 'utf-16le'
      : start[0] === 0xfe && start[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  if (encoding === 'utf-8' && start.subarray(0, 1000).includes(0))
    throw new PerennialError(
      'file-unreadable',
      `"${file}" is not a text in UTF-8: it holds bytes that are zero, as UTF-16 without its mark does. ${saveAsUtf8} Nothing was imported.`,
    );
  return new TextDecoder(encoding, { fatal: true });
}

function refusal(file: string, cause: unknown): PerennialError {
  if (cause instanceof PerennialError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new PerennialError(
      'file-unreadable',
      `"${file}" holds letters that are not in UTF-8, so that names would come out wrong. ${saveAsUtf8} Nothing was imported.`,
      { cause },
    );
  if (code.startsWith('Z_'))
    return new PerennialError(
      'file-unreadable',
      `"${file}" is damaged: it cannot be unpacked to its end. Nothing was imported.`,
      { cause },
    );
  return new PerennialError(
    'file-unreadable',
    `"${file}" cannot be read. Give a .csv file with a header, a .json array or .ndjson lines.`,
    { cause },
  );
}
