import type { ChannelName } from '../domain/channel-name.ts';
import {
  originOf,
  type FailureCode,
  type GateTrace,
  type SendOutcome,
  type SendRequest,
} from '../domain/delivery.ts';
import type { MessageReader } from '../domain/message.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Database } from '../store/database.ts';
import { newId } from '../store/new-id.ts';
import { answer, answerFailure, type Answers } from './answers.ts';
import { createLedgerSetting, type LedgerSettingDeps } from './create-ledger-setting.ts';
import { isUnreachable } from './ledger/ask-provider.ts';
import { usefulUntil, type Candidate } from './ledger/candidate.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import { loadLedgerRows, type LedgerRow } from './ledger/load-ledger-rows.ts';
import { loadSituations, type Situation } from './ledger/load-situations.ts';
import { mayHaveArrived } from './ledger/may-have-arrived.ts';
import { outcomeOfRow } from './ledger/outcome-of-row.ts';
import type { Ready } from './ledger/point-of-no-return.ts';
import { recordRulings, type Ruled } from './ledger/record-rulings.ts';
import { settle, settleBySearch, type Settlement } from './ledger/settle.ts';
import { sideBySide } from './ledger/side-by-side.ts';
import { caseOf, rulingOf } from './ledger/verdict-row.ts';
import { waitForProvider } from './ledger/wait-for-provider.ts';
import type { Links } from './links.ts';
import { findMessage, type MessageRegistry, type RegisteredMessage } from './message-registry.ts';
import { judge } from './policy/judge.ts';
import type { Renderer } from './rendering/renderer.ts';
import { sendLines, type Passed } from './send-lines.ts';
import { writeMessage, type Way } from './write-message.ts';

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

/** The most questions about earlier requests that providers are asked at the same time. */
const askedAtOnce = 10;
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
    async () => judgeAndSend(await settleThose(doubtful, answers, deps, setting), answers, deps, setting),
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
  const sendable = await passGates(tasks, situations, answers, deps, setting);
  const { db } = deps;
  const write = (passed: readonly Sendable[]) => writeThose(passed, answers, deps, setting);
  await sendLines(sendable, { db, setting, answers, write });
}

interface Task {
  readonly candidate: Candidate;
  readonly message: RegisteredMessage | undefined;
  readonly stored: LedgerRow | undefined;
}

function taskOf(request: SendRequest, stored: LedgerRow | undefined, messages: MessageRegistry): Task {
  const message = findMessage(messages, request.message);
  return {
    candidate: { request, terms: message ?? termsOfUnknown(request), delivery: stored?.id ?? newId() },
    message,
    stored,
  };
}

/** Finished rows answer as before, and rows that wait for their provider until that time is over. */
function answerFromLedger(
  tasks: readonly Task[],
  answers: Answers,
  { clock }: LedgerSetting,
): { readonly doubtful: readonly Doubtful[]; readonly clear: readonly Task[] } {
  const doubtful: Doubtful[] = [];
  const clear: Task[] = [];
  for (const task of tasks) {
    const { stored, candidate } = task;
    const known = stored && (outcomeOfRow(stored) ?? waitForProvider(stored, clock.now()));
    if (known !== undefined) answer(answers, candidate, known);
    else if (stored !== undefined && isDoubtful(stored, candidate)) doubtful.push({ ...task, stored });
    else clear.push(task);
  }
  return { doubtful, clear };
}

/** A task with a request of which nobody knows whether the provider took it. */
type Doubtful = Task & { readonly stored: LedgerRow };

function isDoubtful(stored: LedgerRow, { terms }: Candidate): boolean {
  return stored.state === 'sending' || (terms.class === 'must' && mayHaveArrived(stored.attempts));
}

/**
 * Asks the providers what became of earlier requests. One that cannot be asked now holds up the messages it is asked
 * about, and no others.
 *
 * @returns those that may be judged: their evidence did not come
 */
async function settleThose(
  tasks: readonly Doubtful[],
  answers: Answers,
  { db }: DeliverDeps,
  setting: LedgerSetting,
): Promise<readonly Task[]> {
  const waiting: Task[] = [];
  const ask = async (task: Doubtful) => {
    const { stored, candidate } = task;
    try {
      const settlement = await settlementOf(stored, candidate, db, setting);
      if (settlement === undefined) waiting.push(task);
      else answer(answers, candidate, settlement);
    } catch (error) {
      answerFailure(answers, candidate, error);
    }
  };
  await sideBySide(tasks, ask, { atOnce: askedAtOnce });
  return waiting;
}

/** Nothing for a row that may simply be judged: its evidence did not come. */
async function settlementOf(
  stored: LedgerRow,
  candidate: Candidate,
  db: Database,
  setting: LedgerSetting,
): Promise<Settlement | undefined> {
  const terms = { class: candidate.terms.class, usefulUntil: usefulUntil(candidate) };
  if (stored.state === 'sending') return settle(db, stored, terms, setting);
  // Before a second request the provider is asked about the first. One that cannot say is taken at its silence: the
  // fifteen minutes are over, and class `must` goes on.
  return settleBySearch(db, stored, terms, setting).catch(unlessUnreachable);
}

/** What a provider has said and could not be written down is no silence: the message must not go again then. */
function unlessUnreachable(error: unknown): undefined {
  if (isUnreachable(error)) return undefined;
  throw error;
}

interface Sendable extends Passed {
  readonly message: RegisteredMessage;
  readonly situation: Situation;
  readonly way: Way;
  readonly trace: readonly GateTrace[];
}

/** The first look, without locks: what need not be rendered is answered here. */
async function passGates(
  tasks: readonly Task[],
  situations: ReadonlyMap<string, Situation>,
  answers: Answers,
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<readonly Sendable[]> {
  const sendable: Sendable[] = [];
  const rulings: Ruled[] = [];
  for (const task of tasks) {
    const { candidate, message, stored } = task;
    const situation = situations.get(originOf(candidate.request));
    if (situation === undefined) {
      answer(answers, candidate, { status: 'failed', code: 'input-invalid' });
      continue;
    }
    const judgement = judge(caseOf(candidate, situation.facts, stored, setting));
    const ruling = rulingOf(judgement, stored, candidate, setting);
    const { trace } = judgement;
    if (message === undefined) {
      rulings.push(
        failureOf(
          { candidate, situation, trace },
          { gate: 'message', code: 'message-unknown', problem: 'there is no such message' },
        ),
      );
    } else if (ruling.state === 'sending') {
      sendable.push({ candidate, channel: ruling.channel, message, situation, way: ruling, trace });
    } else {
      rulings.push({ candidate, situation, ruling, trace });
    }
  }
  await record(rulings, answers, deps, setting);
  return sendable;
}

/** Words before any claim: what fails here has not been promised to anybody. */
async function writeThose(
  passed: readonly Sendable[],
  answers: Answers,
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<readonly Ready[]> {
  const ready: Ready[] = [];
  const rulings: Ruled[] = [];
  await sideBySide(passed, async ({ candidate, channel, message, situation, way, trace }) => {
    try {
      const written = await writeMessage(message, candidate, situation, way, deps);
      switch (written.kind) {
        case 'written': {
          const { content, unsubscribe, shortLinks } = written;
          ready.push({ candidate, situation, channel, content, unsubscribe, shortLinks });
          break;
        }
        case 'nothing-to-say': {
          const reason = 'nothing-to-say';
          const saw = { nothingToSay: written.why };
          const gate: GateTrace = { gate: 'content', channel, verdict: 'skip', reason, saw };
          const ruling = { state: 'skipped', reason } as const;
          rulings.push({ candidate, situation, ruling, trace: [...trace, gate] });
          break;
        }
        case 'failed':
          rulings.push(
            failureOf(
              { candidate, situation, trace },
              { gate: 'content', channel, code: written.code, problem: written.problem },
            ),
          );
          break;
        default:
          written satisfies never;
      }
    } catch (error) {
      answerFailure(answers, candidate, error);
    }
  });
  await record(rulings, answers, deps, setting);
  return ready;
}

function failureOf(
  { candidate, situation, trace }: Omit<Ruled, 'ruling'>,
  failure: {
    readonly gate: 'message' | 'content';
    readonly channel?: ChannelName;
    readonly code: FailureCode;
    readonly problem: string;
  },
): Ruled {
  const { problem, code, ...where } = failure;
  const breakdown: GateTrace = { ...where, verdict: 'fail', code, saw: { problem } };
  const ruling = { state: 'failed', reason: code } as const;
  return { candidate, situation, ruling, trace: [...trace, breakdown] };
}

async function record(
  rulings: readonly Ruled[],
  answers: Answers,
  { db }: DeliverDeps,
  setting: LedgerSetting,
): Promise<void> {
  const outcomes = await recordRulings(db, rulings, setting);
  for (const { candidate } of rulings) {
    answer(answers, candidate, outcomes.get(candidate.request.sendKey) ?? 'again');
  }
}

function inFlight(sendKey: string): PerennialError {
  return new PerennialError(
    'delivery-in-flight',
    `The delivery ${sendKey} is still in the hands of another worker, or its facts changed with every look at it. Ask again in a minute; by then it has finished, or its lease is over and it is settled.`,
    { retryable: true },
  );
}

/** The least that the ledger must write down about a message that does not exist. */
function termsOfUnknown({ message }: SendRequest): Candidate['terms'] {
  return { name: message, purpose: 'marketing', class: 'once', channels: [], usefulFor: '1 day' };
}

function distinct(requests: readonly SendRequest[]): readonly SendRequest[] {
  return [...new Map(requests.map((request) => [request.sendKey, request])).values()];
}
