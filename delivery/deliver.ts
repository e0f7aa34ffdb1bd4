import type { SendOutcome, SendRequest } from '../domain/delivery.ts';
import type { MessageReader } from '../domain/message.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Answers } from './answers.ts';
import { createLedgerSetting, type LedgerSettingDeps } from './create-ledger-setting.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import { loadLedgerRows } from './ledger/load-ledger-rows.ts';
import { loadSituations } from './ledger/load-situations.ts';
import { sideBySide } from './ledger/side-by-side.ts';
import type { Links } from './links.ts';
import { passGates, type Sendable } from './pass-gates.ts';
import type { Renderer } from './rendering/renderer.ts';
import { sendLines } from './send-lines.ts';
import { settleDoubtful } from './settle-doubtful.ts';
import { answerFromLedger, taskOf, type Task } from './tasks.ts';
import { writeSendable } from './write-sendable.ts';

export interface DeliverDeps extends LedgerSettingDeps {
  readonly renderer: Renderer;
  /** What messages may read about carts, as of now. */
  readonly read: MessageReader;
  readonly links: Links;
}

/** What became of a request; `again`: it could not be dealt with now, and the error says why. */
export type Delivered = SendOutcome | { readonly status: 'again'; readonly error: unknown };

/** Says what became of each request, in their order, and fails for none: who sends a list wants to know of the rest. */
export type DeliverEach = (requests: readonly SendRequest[]) => Promise<readonly Delivered[]>;

/** The same for who sends one message: it fails when a request could not be dealt with now. */
export type Deliver = (requests: readonly SendRequest[]) => Promise<SendOutcome[]>;

/** A message changes its channel, its person or its attempt a few times at most; more is left to the next try. */
const mostRounds = 8;

/**
 * The one path by which a message leaves, for a list of one as for a list of a thousand:
 * ledger, gates, words, point of no return, provider, record.
 *
 * Answers come in the order of the requests. Asking again is safe at any time: a send key that is finished answers as
 * before, one that waits is judged anew, one whose worker died is settled.
 *
 * A request is answered `again` with a PerennialError `delivery-in-flight` (retryable) when it is still in the hands of
 * another worker, or when what decides about it changed again and again; `rate-limited` (retryable) when there was no permit
 * for it in time; `temporarily-unavailable` (retryable) when this process is stopping; or with whatever its message's
 * loader or its provider threw. A failure to reach the database is thrown as it is, for the whole list, and is worth a retry too.
 */
export function createDeliverEach(deps: DeliverDeps): DeliverEach {
  const setting = createLedgerSetting(deps);

  return async function deliverEach(requests) {
    const answers: Answers = new Map();
    for (let round = 0; round < mostRounds; round++) {
      const open = distinct(requests).filter(({ sendKey }) => !answers.has(sendKey));
      if (open.length === 0) break;
      for (const [sendKey, each] of await deliverOnce(open, deps, setting)) answers.set(sendKey, each);
    }
    return requests.map(({ sendKey }) => {
      const found = answers.get(sendKey);
      if (found?.kind === 'outcome') return found.outcome;
      return { status: 'again', error: found?.kind === 'failure' ? found.error : inFlight(sendKey) };
    });
  };
}

/** @throws what `createDeliverEach` answers with; all other requests of the list have been dealt with by then. */
export function createDeliver(deps: DeliverDeps): Deliver {
  return unlessAgain(createDeliverEach(deps));
}

/** @throws the error of the first request that could not be dealt with, when all have been tried */
export function unlessAgain(deliverEach: DeliverEach): Deliver {
  return async function deliver(requests) {
    const delivered = await deliverEach(requests);
    return delivered.map((each) => {
      if (each.status === 'again') throw each.error;
      return each;
    });
  };
}

/** One round. A request without an answer goes into the next one. */
async function deliverOnce(
  requests: readonly SendRequest[],
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<Answers> {
  const answers: Answers = new Map();
  const stored = await loadLedgerRows(
    deps.db,
    requests.map(({ sendKey }) => sendKey),
  );
  const tasks = requests.map((request) => taskOf(request, stored.get(request.sendKey), deps.messages));
  const { doubtful, clear } = answerFromLedger(tasks, answers, setting);
  // Providers may be slow to say what became of earlier requests; the others leave meanwhile.
  const parts = [
    () => judgeAndSend(clear, answers, deps, setting),
    async () =>
      judgeAndSend(await settleDoubtful(doubtful, answers, deps.db, setting), answers, deps, setting),
  ];
  await sideBySide(parts, (part) => part());
  return answers;
}

async function judgeAndSend(
  tasks: readonly Task[],
  answers: Answers,
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<void> {
  if (tasks.length === 0) return;
  const situations = await loadSituations(
    deps.db,
    tasks.map(({ candidate }) => candidate.request),
    setting,
  );
  const sendable = await passGates(tasks, situations, answers, deps.db, setting);
  const { db } = deps;
  const write = (passed: readonly Sendable[]) => writeSendable(passed, answers, deps, setting);
  await sendLines(sendable, { db, setting, answers, write });
}

function inFlight(sendKey: string): PerennialError {
  return new PerennialError(
    'delivery-in-flight',
    `The delivery ${sendKey} is still in the hands of another worker, or its facts changed with every look at it. Ask again in a minute; by then it has finished, or its lease is over and it is settled.`,
    { retryable: true },
  );
}

function distinct(requests: readonly SendRequest[]): readonly SendRequest[] {
  return [...new Map(requests.map((request) => [request.sendKey, request])).values()];
}
