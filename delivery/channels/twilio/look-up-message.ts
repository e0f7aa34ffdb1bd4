import { accepted, type Acceptance, type EarlierRequest } from '../channel.ts';
import { fingerprintOfWords } from '../fingerprint.ts';
import { isAnswer, lookUpUnanswered } from '../look-up-unanswered.ts';
import type { HttpOutcome } from './http-outcome.ts';
import type { TwilioConnection } from './open-twilio.ts';

/** Twilio dates messages to the second, by its own clock. */
const clockMarginMs = 2000;
/** Between the ledger's instant and the request: the wait for a permit and a connection, and the request itself. */
const requestMs = 60_000;
const pageSize = 100;
const patienceMs = 15_000;

/**
 * Whether Twilio took a message whose answer was lost (R-TW-5).
 *
 * Twilio keeps nothing of ours with a message: neither the send id nor the address for status callbacks comes back. So a
 * message is ours only if it went to the same number, was made by the API within a minute of the request, says the same
 * words, and is not the answer to another row of the ledger; and only if there is exactly one such message. Anything
 * else is `undefined`: absence is no proof, and neither is doubt. The callback, which carries the send id, settles such
 * rows for certain when it comes.
 *
 * The list is asked for by number alone and dated here: `DateSent` stays empty until a message has left Twilio's queue,
 * so filtering by it would hide the newest.
 *
 * @throws PerennialError `provider-unreachable` when Twilio does not answer
 */
export async function lookUpMessage(
  twilio: TwilioConnection,
  { address, requestedAt, fingerprint, isClaimed }: EarlierRequest,
  toOf: (address: string) => string,
): Promise<Acceptance | undefined> {
  if (address === undefined || fingerprint === undefined || isClaimed === undefined) return undefined;
  const from = Math.floor(requestedAt / 1000) * 1000 - clockMarginMs;
  const until = requestedAt + requestMs;

  const { outcome, value: messages } = await twilio.ask(AbortSignal.timeout(patienceMs), async (client) => {
    // One page and no more: with a hundred newer messages to the same number there is doubt in any case.
    const page = await client.messages.page({ to: toOf(address), pageSize });
    return page.instances;
  });
  if (messages === undefined) return cannotTell(outcome);
  const alike = messages.filter(
    ({ body, dateCreated, direction }) =>
      direction === 'outbound-api' &&
      dateCreated.getTime() >= from &&
      dateCreated.getTime() <= until &&
      fingerprintOfWords(body) === fingerprint,
  );
  const claimed = await isClaimed(alike.map(({ sid }) => sid));
  const [ours, ...others] = alike.filter(({ sid }) => !claimed.has(sid));
  return ours !== undefined && others.length === 0 ? accepted(ours.sid) : undefined;
}

/** An account that may not read its messages has answered; silence, a busy Twilio and half an answer are none. */
function cannotTell(outcome: HttpOutcome): undefined {
  const isRefusal = outcome.kind === 'answer' && outcome.status >= 400 && isAnswer(outcome.status);
  if (isRefusal) return undefined;
  throw lookUpUnanswered('Twilio', outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.code);
}
