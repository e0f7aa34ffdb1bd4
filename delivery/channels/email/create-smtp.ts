import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { isPerennialError } from '../../../domain/perennial-error.ts';
import { accepted, rejected, throttled, type Channel } from '../channel.ts';
import { buildMime } from './mime.ts';
import { isEmail } from './outgoing-email.ts';
import { acceptanceOfSmtpError } from './smtp-errors.ts';

export interface SmtpOptions {
  /** `smtps://user:password@host:465`, or `smtp://…:587`, which turns to TLS by STARTTLS. */
  readonly url: string;
  /** The name in the ledger. Default `smtp`. */
  readonly connection?: string;
  /** Most connections at once. Default 5. */
  readonly connections?: number;
  /** For connecting, for the greeting and between two answers, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
  /** A certificate authority of the house's own, as PEM. */
  readonly certificateAuthority?: string;
}

export interface SmtpChannel extends Channel {
  /** Ends idle connections now and busy ones after their message. */
  close(): void;
}

/**
 * Any mail server, over one pool of connections.
 *
 * SMTP takes no idempotency key, so what counts is how far a message got: until its first byte has been handed over,
 * nothing can have been accepted; after that only an answer tells. Passwords and messages go over TLS, except to this
 * very machine.
 */
export function createSmtp(options: SmtpOptions): SmtpChannel {
  const { url, connection = 'smtp', connections = 5, timeoutMs = 15_000 } = options;
  const { hostname } = new URL(url);
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    // An idle connection that the server has closed costs one new connection, before any byte of the message.
    maxRequeues: 1,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    requireTLS: !isThisMachine(hostname),
    ignoreTLS: isThisMachine(hostname),
    ...(options.certificateAuthority === undefined ? {} : { tls: { ca: options.certificateAuthority } }),
  });
  // Raw messages leave as one stream; the first read of it is the moment from which on silence proves nothing.
  transport.use('stream', (mail, done) => {
    const { message } = mail;
    const createReadStream = message.createReadStream.bind(message);
    message.createReadStream = (streamOptions) => {
      const stream = createReadStream(streamOptions);
      streams.get(mail.data.messageId ?? '')?.push(stream);
      return stream;
    };
    done();
  });
  const streams = new Map<string, Readable[]>();

  const send: Channel['send'] = async (outgoing, signal) => {
    const own: Readable[] = [];
    try {
      if (!isEmail(outgoing)) return rejected('not-an-email', true);
      const { envelope, source } = await buildMime(outgoing);
      streams.set(outgoing.sendId, own);
      const info = await transport.sendMail({ envelope, raw: source, messageId: outgoing.sendId, signal });
      return accepted(info.serverMessageId ?? outgoing.sendId);
    } catch (error) {
      if (isPerennialError(error)) return rejected(error.code, true);
      const bytesLeft = own.some((stream) => stream.readableDidRead);
      return signal.aborted && !bytesLeft ? throttled(0, 'aborted') : acceptanceOfSmtpError(error, bytesLeft);
    } finally {
      streams.delete(outgoing.sendId);
    }
  };

  return { connection, medium: 'email', send, close: () => transport.close() };
}

function isThisMachine(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
