import { setTimeout as sleep } from 'node:timers/promises';
import type { SendOutcome } from '../domain/delivery.ts';
import type { Database } from '../store/database.ts';
import { ambiguous, throttled, type Acceptance, type Outgoing } from './channels/channel.ts';
import { usefulUntil } from './ledger/candidate.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import { consequenceOf } from './ledger/consequence.ts';
import type { HeldBack } from './ledger/never-left.ts';
import { sleepUntil, type Permit } from './ledger/permits.ts';
import type { Crossed } from './ledger/point-of-no-return.ts';
import { recordAnswers, type ProviderAnswer } from './ledger/record-answers.ts';

export interface Sent {
  readonly crossed: Crossed;
  /** `again`: nothing was accepted and it may be tried again at once. */
  readonly outcome: SendOutcome | 'again';
}

export interface Sending {
  /** Every provider has answered: nothing of the batch is on its way any more. Never fails. */
  readonly answered: Promise<void>;
  /** Every answer is written down. Fails with what the database said last, when it has not taken an answer in time. */
  readonly recorded: Promise<readonly Sent[]>;
}

/** How long is waited before an answer that could not be written is written again, in milliseconds. */
const rewriteMs = 250;
/** How long the first answers of a list wait for the next ones, in milliseconds, so that they are written together. */
const gatherMs = 20;

/**
 * Hands messages beyond the point of no return to their providers, all at once, and records each answer.
 *
 * Answers that come close together, or while others are being written, are written together, so a list costs few
 * statements; a message of its own waits for nobody. When the database cannot take them they are kept and written again, until the lease is over:
 * an acceptance that is not written down would make its message unknown, or send it twice.
 *
 * @param permits at least as many as messages, for a connection that has a limit
 */
export function sendCrossed(
  db: Database,
  batch: readonly Crossed[],
  setting: LedgerSetting,
  permits?: readonly Permit[],
): Sending {
  const sent: Sent[] = [];
  const answered: { crossed: Crossed; answer: ProviderAnswer }[] = [];
  const leaseUntil = Math.max(...batch.map((crossed) => crossed.leaseUntil));
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const together = answered.splice(0);
    const answers = together.map(({ answer }) => answer);
    const changed = await recordAnswers(db, answers, setting.clock.now()).catch((error: unknown) => {
      answered.unshift(...together);
      throw error;
    });
    for (const { crossed, answer } of together) {
      // A row that did not change was settled by somebody else: the next look at the ledger says how.
      const outcome = changed.has(answer.delivery) ? answer.consequence.outcome : 'again';
      sent.push({ crossed, outcome });
    }
  }

  async function writeWhileOurs(): Promise<void> {
    while (answered.length > 0) {
      await Promise.race([allAnswered, sleep(gatherMs)]);
      try {
        await write();
      } catch (error) {
        if (setting.wall.now() + rewriteMs > leaseUntil) throw error;
        await sleep(rewriteMs);
      }
    }
  }

  const requests = batch.map(async (crossed, index) => {
    const acceptance = await request(crossed, setting, permits?.[index]);
    answered.push({ crossed, answer: answerOf(crossed, acceptance, setting) });
  });
  const allAnswered = Promise.all(requests).then(() => undefined);

  async function record(): Promise<readonly Sent[]> {
    const written = await Promise.allSettled(
      requests.map(async (made) => {
        await made;
        // What an earlier turn could not write is taken along by this one.
        writing = writing.catch(() => undefined).then(writeWhileOurs);
        await writing;
      }),
    );
    const failure = written.find((each) => each.status === 'rejected');
    if (answered.length > 0 && failure !== undefined) throw failure.reason;
    return sent;
  }

  return { answered: allAnswered, recorded: record() };
}

async function request(
  crossed: Crossed,
  setting: LedgerSetting,
  permit: Permit | undefined,
): Promise<Acceptance> {
  if (permit !== undefined) {
    await sleepUntil(permit.from);
    // Used late it would be one request too many in somebody's second. Nothing has left: it is judged and sent anew.
    if (performance.now() > permit.until) return heldBack('permit-over');
  }
  // A process that was stopped for a while must not act on a lease that others may have taken for lost.
  if (setting.wall.now() > crossed.leaseUntil - setting.sendTimeoutMs) return heldBack('lease-over');
  const patience = startPatience(setting.sendTimeoutMs);
  try {
    return await crossed.channel.send(outgoingOf(crossed, setting), patience.signal);
  } catch (error) {
    return ambiguous(error instanceof Error ? error.name : 'the channel failed');
  } finally {
    patience.end();
  }
}

/** As `AbortSignal.timeout`, whose timer would keep a signal for each of a thousand messages a second until it is over. */
function startPatience(ms: number): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException('The provider took too long.', 'TimeoutError')),
    ms,
  );
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

/** It may be tried again at once. */
function heldBack(reason: HeldBack): Acceptance {
  return throttled(0, reason);
}

function outgoingOf({ ready, address, validUntil }: Crossed, { shop, clock }: LedgerSetting): Outgoing {
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
    validUntil,
    purpose: candidate.terms.purpose,
    origin: situation.facts.origin.name,
    step: candidate.request.step,
    message: candidate.terms.name,
    ...(isMarketing ? { unsubscribe: ready.unsubscribe } : {}),
  };
}

function answerOf(crossed: Crossed, acceptance: Acceptance, setting: LedgerSetting): ProviderAnswer {
  const { candidate } = crossed.ready;
  const consequence = consequenceOf(acceptance, {
    now: setting.clock.now(),
    usefulUntil: usefulUntil(candidate),
    class: candidate.terms.class,
    delivery: candidate.delivery,
    channel: crossed.channel.medium,
    startedAt: crossed.startedAt,
    ...(crossed.channel.idempotencyMs === undefined ? {} : { idempotencyMs: crossed.channel.idempotencyMs }),
    attemptsBefore: crossed.attemptsBefore,
  });
  return { delivery: candidate.delivery, attempt: crossed.attempt, acceptance, consequence };
}
