import { randomUUID } from 'node:crypto';
import { access, appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPerennialError } from '../../../domain/perennial-error.ts';
import { accepted, rejected, throttled, type Acceptance, type Channel, type Outgoing } from '../channel.ts';
import { buildMime } from '../email/mime.ts';
import { isEmail } from '../email/outgoing-email.ts';
import { assertPhoneNumber, assertSafeLine } from '../safe-text.ts';
import { listEntry, outboxPage } from './outbox-page.ts';

/** One message becomes these files, the last of which makes it accepted. */
interface Files {
  readonly entry: string;
  readonly contents: readonly (readonly [name: string, content: string | Buffer])[];
}

const retryMs = 60_000;
const opaqueId = /^[0-9a-f-]{36}$/;

/**
 * A provider that is a folder: what a laptop, a demo and a test send to.
 *
 * Each e-mail becomes `<id>.eml`, `<id>.html` and `<id>.txt`, each text message `<id>.sms.txt`, and `index.html` lists
 * them, newest first. Files are written beside their place and renamed, so a file that is there is whole; the last rename
 * is the acceptance, which makes even a lost answer provable. Sending the same id again overwrites the same files.
 */
export function createOutbox({
  folder,
}: {
  readonly folder: string;
}): readonly [email: Channel, sms: Channel] {
  const isThere = (name: string) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );

  async function put(name: string, content: string | Buffer): Promise<void> {
    const beside = join(folder, `.${randomUUID()}`);
    await writeFile(beside, content);
    await rename(beside, join(folder, name));
  }

  async function send(outgoing: Outgoing, signal: AbortSignal): Promise<Acceptance> {
    try {
      const { entry, contents } = await filesOf(outgoing);
      await mkdir(folder, { recursive: true });
      if (!(await isThere('index.html'))) await put('index.html', outboxPage);
      await appendFile(join(folder, 'messages.js'), entry);
      for (const [name, content] of contents) {
        // The last file is the acceptance: a caller that has given up must not find it later.
        if (signal.aborted) return throttled(0, 'aborted');
        await put(name, content);
      }
      return accepted(outgoing.sendId);
    } catch (error) {
      if (isPerennialError(error)) return rejected(error.code, true);
      return throttled(retryMs, codeOf(error));
    }
  }

  const channel = (medium: 'email' | 'sms', lastFile: (id: string) => string): Channel => ({
    connection: 'outbox',
    medium,
    send,
    async lookUp({ sendId }) {
      return (await isThere(lastFile(sendId))) ? accepted(sendId) : throttled(0, 'not-written');
    },
  });
  return [channel('email', emlOf), channel('sms', smsOf)];
}

const emlOf = (id: string) => `${id}.eml`;
const smsOf = (id: string) => `${id}.sms.txt`;

async function filesOf(outgoing: Outgoing): Promise<Files> {
  const { sendId, content, from } = outgoing;
  // The id names files; anything else than an id could name files elsewhere.
  if (!opaqueId.test(sendId)) throw new TypeError('A send id is a UUID.');
  if (content.channel === 'email' && isEmail(outgoing)) {
    const { source } = await buildMime(outgoing);
    const contents = [
      [`${sendId}.html`, content.html],
      [`${sendId}.txt`, content.text],
      [emlOf(sendId), source],
    ] as const;
    return { entry: listEntry(outgoing), contents };
  }
  assertPhoneNumber(outgoing.to.address, "recipient's number");
  assertSafeLine(from.address, "sender's number or name");
  return { entry: listEntry(outgoing), contents: [[smsOf(sendId), `${content.text}\n`]] };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'folder-failed';
}
