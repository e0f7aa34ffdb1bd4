import { randomBytes } from 'node:crypto';
import type { MailBody } from './mail-body.ts';

/** A mail that SendGrid has taken responsibility for. */
export interface TakenMail {
  /** `X-Message-Id` */
  readonly id: string;
  /** As events and logs have it: the id, and the machine that took it. */
  readonly sgMessageId: string;
  readonly sendId: string | undefined;
  readonly to: string;
  /** Wall time, in milliseconds. */
  readonly at: number;
  readonly body: MailBody;
}

/** @param at the clock of the server, in milliseconds */
export function takeMail(body: MailBody, at: number): readonly TakenMail[] {
  const id = randomBytes(16).toString('base64url');
  return body.personalizations
    .flatMap(({ to }) => to)
    .map(({ email }, index) => ({
      id,
      sgMessageId: `${id}.recvd-5f54b5d587-pczjm-1-${Math.floor(at / 1000)
        .toString(16)
        .toUpperCase()}-${index}.0`,
      sendId: body.custom_args?.['send_id'],
      to: email,
      at,
      body,
    }));
}
