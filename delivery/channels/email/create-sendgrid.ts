import MailService from '@sendgrid/mail/src/classes/mail-service.js';
import { isPerennialError } from '../../../domain/perennial-error.ts';
import { ambiguous, rejected, throttled, type Acceptance, type Channel } from '../channel.ts';
import { isEmail } from './outgoing-email.ts';
import { acceptanceOfAnswer } from './sendgrid-answers.ts';
import {
  answerInError,
  codeOfError,
  headersIn,
  openSendgrid,
  type OneRequest,
  type SendgridAccess,
} from './sendgrid-connection.ts';
import { findInLogs } from './sendgrid-logs.ts';
import { sendgridMail } from './sendgrid-mail.ts';

export interface SendgridOptions extends SendgridAccess {
  /** The name in the ledger and in the webhook's address. Default `sendgrid`. */
  readonly connection?: string;
  /** Most requests at once. Default 100. */
  readonly connections?: number;
  /** From the call to the last byte of the answer, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
}

export interface SendgridChannel extends Channel {
  /** Ends the idle sockets. */
  close(): void;
}

/** How long nothing is tried over a connection that could not be made, in milliseconds. */
const unreachableMs = 30_000;

/**
 * E-mail over SendGrid's v3 API.
 *
 * The API has no idempotency key and "will dispatch all POST requests", so there is one request, never repeated here, for
 * one message to one recipient. What counts as proof is in `sendgrid-answers.ts`; without an answer, the message was not
 * accepted if nothing had left this machine, and may have been if something had.
 */
export function createSendgrid(options: SendgridOptions): SendgridChannel {
  const { connection = 'sendgrid', connections = 100, timeoutMs = 15_000 } = options;
  const account = openSendgrid(options, connections);

  const send: Channel['send'] = async (outgoing, signal) => {
    if (signal.aborted) return throttled(0, 'aborted');
    if (!isEmail(outgoing)) return rejected('not-an-email', true);
    const one = account.open(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    try {
      const [answer] = await new MailService().setClient(one.client).send(sendgridMail(outgoing));
      const { statusCode, headers, body } = answer;
      return acceptanceOfAnswer({ status: statusCode, headers: headersIn(headers), body });
    } catch (error) {
      return acceptanceOfError(error, one);
    }
  };

  return {
    connection,
    medium: 'email',
    send,
    lookUp: (earlier) => findInLogs(account, earlier),
    close: () => account.close(),
  };
}

function acceptanceOfError(error: unknown, one: OneRequest): Acceptance {
  if (isPerennialError(error)) return rejected(error.code, true);
  const answer = answerInError(error);
  if (answer !== undefined) return acceptanceOfAnswer(answer);
  const timedOut = one.signal.aborted;
  if (one.mayHaveLeft()) return ambiguous(timedOut ? 'no answer in time' : codeOfError(error));
  return throttled(unreachableMs, timedOut ? 'connect-timeout' : codeOfError(error));
}
