import * as z from 'zod';
import { toIso } from '../../../domain/instant.ts';
import { isPerennialError } from '../../../domain/perennial-error.ts';
import { accepted, type Acceptance, type EarlierRequest } from '../channel.ts';
import { isAnswer, lookUpUnanswered } from '../look-up-unanswered.ts';
import { assertMailAddress } from '../safe-text.ts';
import {
  answerInError,
  codeOfError,
  type OneRequest,
  type SendgridConnection,
} from './sendgrid-connection.ts';
import { providerIdOf } from './sendgrid-ids.ts';
import { sendIdArgument } from './sendgrid-mail.ts';

const minute = 60_000;
/** Our clock and SendGrid's may differ, and a request may have waited before it left. */
const before = 5 * minute;
const after = 30 * minute;
/** A customer gets few messages in that time. */
const mostCandidates = 20;
const limitMs = 10_000;

const found = z.object({ messages: z.array(z.object({ sg_message_id: z.string() })) });
const details = z.object({ custom_args: z.record(z.string(), z.unknown()).optional() });

/**
 * Looks for a request whose answer was lost in SendGrid's e-mail logs (R-SG-7): the search knows addresses and times but
 * not our id, so each message that it finds is opened and its custom arguments are compared.
 *
 * Read only. `undefined` when it is not found, and when the plan or the key has no logs: a log that lags, or is not kept,
 * proves nothing.
 *
 * @throws PerennialError `provider-unreachable` when SendGrid does not answer in ten seconds
 */
export async function findInLogs(
  account: SendgridConnection,
  { sendId, address, requestedAt }: EarlierRequest,
): Promise<Acceptance | undefined> {
  if (address === undefined) return undefined;
  const signal = AbortSignal.timeout(limitMs);
  try {
    const query = [
      `to_email = "${assertMailAddress(address, "recipient's address")}"`,
      `sg_message_id_created_at >= TIMESTAMP "${toIso(requestedAt - before)}"`,
      `sg_message_id_created_at <= TIMESTAMP "${toIso(requestedAt + after)}"`,
    ].join(' AND ');
    const search = { method: 'POST', url: '/v3/logs', body: { query, limit: mostCandidates } } as const;
    const { messages } = found.parse(await read(account.open(signal), search));
    for (const { sg_message_id: id } of messages) {
      const open = { method: 'GET', url: `/v3/logs/${encodeURIComponent(id)}` } as const;
      const { custom_args: args } = details.parse(await read(account.open(signal), open));
      if (args?.[sendIdArgument] === sendId) return accepted(providerIdOf(id));
    }
    return undefined;
  } catch (error) {
    return cannotTell(error);
  }
}

/** Nobody was ever written to at an address that is refused here; a log that may not be read has answered; silence is no answer. */
function cannotTell(error: unknown): undefined {
  if (isPerennialError(error)) return undefined;
  const status = answerInError(error)?.status;
  if (status !== undefined && isAnswer(status)) return undefined;
  throw lookUpUnanswered('SendGrid', status === undefined ? codeOfError(error) : `HTTP ${status}`);
}

async function read(
  { client }: OneRequest,
  request: Parameters<OneRequest['client']['request']>[0],
): Promise<unknown> {
  const [answer] = await client.request(request);
  return answer.body;
}
