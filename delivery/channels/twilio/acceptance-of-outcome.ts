import * as z from 'zod';
import { accepted, ambiguous, rejected, throttled, type Acceptance } from '../channel.ts';
import type { HttpAnswer, HttpOutcome } from './http-outcome.ts';
import { classOfTwilioCode, ledgerCodeOf } from './twilio-errors.ts';

const second = 1000;
const minute = 60 * second;
/** What the shop has to mend (a wrong token, a country that is not allowed) is not mended in seconds. */
const mendingMs = 5 * minute;

const createdMessage = z.object({ sid: z.string().regex(/^(SM|MM)[0-9a-f]{32}$/) });
const twilioError = z.object({ code: z.number().int() });
/** These say nothing about whether the request was carried out. */
const provesNothing = new Set([408, 409, 425]);

/**
 * What an answer to "create a message" proves (providers reference 4.3).
 *
 * Not accepted: no byte had left; HTTP 429; a 4xx with an error of Twilio in it. Accepted: a 2xx that names the message.
 * Everything else may have been accepted: silence, 5xx, a redirect, a 4xx from somebody in between, an answer that was cut.
 */
export function acceptanceOfOutcome(outcome: HttpOutcome): Acceptance {
  switch (outcome.kind) {
    case 'not-sent':
      return throttled(outcome.code === 'aborted' ? 0 : minute / 2, outcome.code);
    case 'no-answer':
      return ambiguous(outcome.code);
    case 'answer':
      return acceptanceOfAnswer(outcome);
    default:
      return outcome satisfies never;
  }
}

function acceptanceOfAnswer(answer: HttpAnswer): Acceptance {
  const { status } = answer;
  const body = parseJson(answer.text);
  if (status >= 200 && status < 300) {
    const created = createdMessage.safeParse(body);
    return created.success ? accepted(created.data.sid) : ambiguous(`HTTP ${status} without a message id`);
  }
  const code = twilioError.safeParse(body).data?.code;
  if (status === 429) return throttled(answer.retryAfterMs ?? minute, ledgerCodeOf(code ?? 20429));
  const isRefusal = status >= 400 && status < 500 && !provesNothing.has(status) && code !== undefined;
  return isRefusal ? acceptanceOfRefusal(code, answer) : ambiguous(`HTTP ${status}`);
}

function acceptanceOfRefusal(code: number, { retryAfterMs }: HttpAnswer): Acceptance {
  const kept = ledgerCodeOf(code);
  const failure = classOfTwilioCode(code);
  switch (failure) {
    case 'throttled':
      return throttled(retryAfterMs ?? minute, kept);
    case 'connection':
      return throttled(mendingMs, kept);
    case 'not-delivered':
      return rejected(kept, false);
    case 'opted-out':
    case 'bad-address':
    case 'blocked':
    case 'content':
    case 'window-closed':
    case 'marketing-limit':
    case 'expired':
    case 'unknown':
      return rejected(kept, true);
    default:
      return failure satisfies never;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
