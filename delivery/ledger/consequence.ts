import type { ChannelName } from '../../domain/channel-name.ts';
import type { DeliveryState, FailureCode, SendOutcome, SkipReason } from '../../domain/delivery.ts';
import { ceilToSecond, type Instant } from '../../domain/instant.ts';
import type { DeliveryClass } from '../../domain/message.ts';
import type { Acceptance } from '../channels/channel.ts';
import type { AttemptRow } from './load-ledger-rows.ts';
import { mayHaveArrived } from './may-have-arrived.ts';
import { neverLeft } from './never-left.ts';
import { nextUnderSameKey, type AttemptInTime } from './same-key.ts';

/** What an answer of the provider does to the ledger. */
export interface Consequence {
  readonly attempt: Exclude<AttemptRow['state'], 'sending'>;
  readonly state: Exclude<DeliveryState, 'sending'>;
  readonly reason: SkipReason | FailureCode | null;
  /** Set when it waits. */
  readonly until: Instant | null;
  /** `again`: it may be tried again at once, by the next channel or the same one. */
  readonly outcome: SendOutcome | 'again';
}

export interface Circumstances extends AttemptInTime {
  readonly class: DeliveryClass;
  readonly delivery: string;
  readonly channel: ChannelName;
}

/**
 * How long evidence of an earlier acceptance is waited for before class `must` sends again (providers reference 4.3). It
 * is the same whether the provider kept silent or the worker died: either way the provider may have the message.
 */
const evidenceMs = 15 * 60_000;

/** Of class `must`, at most so many requests follow one whose outcome is unknown. */
const mostAmbiguousResends = 1;
const shortestWait = 1000;
const firstBackoff = 5000;
const longestBackoff = 10 * 60_000;

/**
 * The rules of the sending guarantee (providers reference 4.2, 4.3): a proven refusal may be followed by another attempt;
 * after an unknown outcome class `once` stops, class `must` goes on once, and class `keyed` goes on under the same key for as
 * long as the provider remembers it.
 */
export function consequenceOf(acceptance: Acceptance, about: Circumstances): Consequence {
  switch (acceptance.kind) {
    case 'accepted':
      return {
        attempt: 'accepted',
        state: 'accepted',
        reason: null,
        until: null,
        outcome: { status: 'sent', channel: about.channel, delivery: about.delivery },
      };
    case 'rejected':
      return acceptance.final
        ? { attempt: 'rejected', state: 'deferred', reason: null, until: about.now, outcome: 'again' }
        : waits('throttled', about, backoff(about));
    case 'throttled':
      return acceptance.retryAfterMs <= 0
        ? { attempt: 'throttled', state: 'deferred', reason: null, until: about.now, outcome: 'again' }
        : waits('throttled', about, Math.max(acceptance.retryAfterMs, backoff(about)));
    case 'ambiguous':
      return afterSilence(about);
    default:
      return acceptance satisfies never;
  }
}

function waits(attempt: 'throttled', about: Circumstances, waitMs: number): Consequence {
  const until = ceilToSecond(about.now + Math.max(shortestWait, waitMs));
  const reason = 'provider-busy';
  if (until > about.usefulUntil) {
    return mayHaveArrived(about.attemptsBefore)
      ? unknownAfter(attempt)
      : { attempt, state: 'skipped', reason, until: null, outcome: { status: 'skipped', reason } };
  }
  return deferredUntil(until, attempt);
}

function afterSilence(about: Circumstances): Consequence {
  const attempt = 'ambiguous';
  if (about.class === 'keyed') {
    const again = nextUnderSameKey(about);
    return again === undefined ? unknownAfter(attempt) : deferredUntil(again, attempt);
  }
  const earlier = about.attemptsBefore.filter((each) => each.state === 'ambiguous').length;
  if (about.class === 'once' || earlier >= mostAmbiguousResends) return unknownAfter(attempt);
  const until = ceilToSecond(about.now + evidenceMs);
  return until > about.usefulUntil ? unknownAfter(attempt) : deferredUntil(until, attempt);
}

function deferredUntil(until: Instant, attempt: Consequence['attempt']): Consequence {
  const reason = 'provider-busy';
  return { attempt, state: 'deferred', reason, until, outcome: { status: 'deferred', until, reason } };
}

function unknownAfter(attempt: Consequence['attempt']): Consequence {
  return { attempt, state: 'unknown', reason: null, until: null, outcome: { status: 'unknown' } };
}

/** Doubles with each attempt that the provider put off; of those that never left the house it knows nothing. */
function backoff({ attemptsBefore }: Circumstances): number {
  const putOff = attemptsBefore.filter((each) => each.state === 'throttled' && !neverLeft(each)).length;
  return Math.min(longestBackoff, firstBackoff * 2 ** putOff);
}
