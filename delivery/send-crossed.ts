import type { SendOutcome } from '../domain/delivery.ts';
import type { Database } from '../store/database.ts';
import { ambiguous, throttled, type Acceptance, type Outgoing } from './channels/channel.ts';
import { usefulUntil, type LedgerSetting } from './ledger/candidate.ts';
import { consequenceOf } from './ledger/consequence.ts';
import type { Crossed } from './ledger/point-of-no-return.ts';
import { recordAnswers, type Answer } from './ledger/record-answers.ts';

export interface Sent {
  readonly crossed: Crossed;
  /** `again`: nothing was accepted and it may be tried again at once. */
  readonly outcome: SendOutcome | 'again';
}

/** How long evidence of an earlier acceptance is waited for before class `must` sends again (providers reference 4.3). */
const evidenceMs = 15 * 60_000;

/**
 * Hands messages beyond the point of no return to their providers, all at once, and records each answer.
 *
 * Answers that come while others are being written are written together, so a list costs few statements and a message of
 * its own waits for nobody.
 */
export async function sendCrossed(
  db: Database,
  batch: readonly Crossed[],
  setting: LedgerSetting,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const answered: { crossed: Crossed; answer: Answer }[] = [];
  let writing = Promise.resolve();

  function write(): Promise<void> {
    writing = writing.then(async () => {
      const together = answered.splice(0);
      const answers = together.map(({ answer }) => answer);
      const changed = await recordAnswers(db, answers, setting.clock.now());
      for (const { crossed, answer } of together) {
        // A row that did not change was settled by somebody else: the next look at the ledger says how.
        const outcome = changed.has(answer.delivery) ? answer.consequence.outcome : 'again';
        sent.push({ crossed, outcome });
      }
    });
    return writing;
  }

  await Promise.all(
    batch.map(async (crossed) => {
      const acceptance = await request(crossed, setting);
      answered.push({ crossed, answer: answerOf(crossed, acceptance, setting) });
      await write();
    }),
  );
  return sent;
}

async function request(crossed: Crossed, setting: LedgerSetting): Promise<Acceptance> {
  // A process that was stopped for a while must not act on a lease that others may have taken for lost.
  if (setting.wall.now() > crossed.leaseUntil - setting.sendTimeoutMs) return throttled(0, 'lease-over');
  try {
    const signal = AbortSignal.timeout(setting.sendTimeoutMs);
    return await crossed.channel.send(outgoingOf(crossed, setting), signal);
  } catch (error) {
    return ambiguous(error instanceof Error ? error.name : 'the channel failed');
  }
}

function outgoingOf({ ready, address }: Crossed, { shop, clock }: LedgerSetting): Outgoing {
  const { candidate, situation, content } = ready;
  const isMarketing = candidate.terms.purpose === 'marketing';
  const name = [situation.profile.givenName, situation.profile.familyName].filter(Boolean).join(' ');
  return {
    sendId: candidate.delivery,
    to: { address, ...(name === '' ? {} : { name }) },
    from:
      content.channel === 'email'
        ? shop.senders.email
        : { name: shop.brand.name, address: shop.senders.sms?.from ?? shop.brand.name },
    content,
    at: clock.now(),
    purpose: candidate.terms.purpose,
    journey: situation.facts.enrolment.journey,
    message: candidate.terms.name,
    ...(isMarketing ? { unsubscribe: ready.unsubscribe } : {}),
  };
}

function answerOf(crossed: Crossed, acceptance: Acceptance, setting: LedgerSetting): Answer {
  const { candidate } = crossed.ready;
  const consequence = consequenceOf(acceptance, {
    now: setting.clock.now(),
    usefulUntil: usefulUntil(candidate),
    class: candidate.terms.class,
    delivery: candidate.delivery,
    channel: crossed.channel.medium,
    attemptsBefore: crossed.attemptsBefore,
    evidenceMs,
  });
  return { delivery: candidate.delivery, attempt: crossed.attempt, acceptance, consequence };
}
