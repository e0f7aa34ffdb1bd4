import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What a mail server can do to a message. */
export type MailServerMood =
  | 'accept'
  | 'refuse-sender'
  | 'refuse-recipient'
  | 'refuse-message'
  | 'put-off-recipient'
  | 'put-off-message'
  | 'hang-before-data'
  | 'hang-after-data'
  | 'reset-before-data'
  | 'reset-after-data'
  | 'answer-late';

export interface MailServer {
  readonly url: string;
  /** The raw messages that it has taken responsibility for, whatever it told the sender. */
  readonly accepted: string[];
  setMood(mood: MailServerMood): void;
  /** Ends all connections politely, as servers do with idle ones. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** A real SMTP server on this machine, whose mood can be set. */
export async function startMisbehavingMailServer(): Promise<MailServer> {
  let mood: MailServerMood = 'accept';
  const accepted: string[] = [];
  const sockets = new Set<Socket>();
  const reset = () => sockets.forEach((socket) => socket.resetAndDestroy());

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onMailFrom(_address, _session: SMTPServerSession, callback) {
      if (mood === 'refuse-sender') return callback(refusal(550, '5.7.1 you may not send as that'));
      callback();
    },
    onRcptTo(_address, _session: SMTPServerSession, callback) {
      if (mood === 'refuse-recipient') return callback(refusal(550, '5.1.1 nobody of that name'));
      if (mood === 'put-off-recipient') return callback(refusal(451, '4.7.1 come back later'));
      if (mood === 'reset-before-data') return reset();
      if (mood !== 'hang-before-data') callback();
    },
    onData(stream, _session, callback) {
      const taken = text(stream).then(async (raw) => {
        if (mood === 'refuse-message') return callback(refusal(554, '5.6.0 not this'));
        if (mood === 'put-off-message') return callback(refusal(451, '4.3.0 later'));
        accepted.push(raw);
        if (mood === 'reset-after-data') return reset();
        if (mood === 'answer-late') await sleep(300);
        if (mood !== 'hang-after-data') callback();
      });
      // A sender that hangs up in the middle has sent nothing.
      taken.catch(() => undefined);
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted,
    setMood: (next) => {
      mood = next;
    },
    dropConnections: () => sockets.forEach((socket) => socket.end()),
    async close() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
