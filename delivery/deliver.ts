import type { ChannelName } from '../domain/channel-name.ts';
import {
  originOf,
  type FailureCode,
  type GateTrace,
  type SendOutcome,
  type SendRequest,
} from '../domain/delivery.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Clock } from '../domain/instant.ts';
import type { JourneyDefinition } from '../domain/journey.ts';
import type { MessageReader } from '../domain/message.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { assertRateLimits } from '../domain/rate-limits.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import type { Database } from '../store/database.ts';
import { newId } from '../store/new-id.ts';
import type { Channel } from './channels/channel.ts';
import { usefulUntil, type Candidate, type LedgerSetting } from './ledger/candidate.ts';
import { loadLedgerRows, type LedgerRow } from './ledger/load-ledger-rows.ts';
import { loadSituations, type Situation } from './ledger/load-situations.ts';
import { mayHaveArrived } from './ledger/may-have-arrived.ts';
import { createPermits, type Manners, type Permit, type Permits } from './ledger/permits.ts';
import { outcomeOfRow } from './ledger/outcome-of-row.ts';
import { crossPointOfNoReturn, type Crossed, type Ready } from './ledger/point-of-no-return.ts';
import { recordRulings, type Ruled } from './ledger/record-rulings.ts';
import { settle, settleBySearch, type Settlement } from './ledger/settle.ts';
import { caseOf, rulingOf } from './ledger/verdict-row.ts';
import { waitForProvider } from './ledger/wait-for-provider.ts';
import type { Links } from './links.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { findMessage, type MessageRegistry, type RegisteredMessage } from './message-registry.ts';
import { judge } from './policy/judge.ts';
import { languageChain } from './rendering/language-chain.ts';
import type { Renderer } from './rendering/renderer.ts';
import { sendCrossed } from './send-crossed.ts';
import { writeMessage, type Way } from './write-message.ts';

export interface DeliverDeps {
  readonly db: Database;
  /** In the shop's order; the first connection of a medium is used. */
  readonly channels: readonly Channel[];
  readonly messages: MessageRegistry;
  readonly renderer: Renderer;
  /** What messages may read about carts, as of now. */
  readonly read: MessageReader;
  readonly shop: ShopConfig;
  /** The system's in production, the world's in a simulation. */
  readonly clock: Clock;
  readonly links: Links;
  /** Only asked whether they include business customers. */
  readonly journeys?: readonly Pick<JourneyDefinition, 'name' | 'version' | 'includesBusiness'>[];
  /** Real time, for leases only. Default: this machine's. */
  readonly wall?: Clock;
  /** How long a provider may take, in milliseconds. Default 15,000. */
  readonly sendTimeoutMs?: number;
  /** How long an attempt belongs to its process, in milliseconds. Default three times `sendTimeoutMs`. */
  readonly leaseMs?: number;
  /** Default: those of `shop.limits`. */
  readonly permits?: Permits;
}

export type Deliver = (requests: readonly SendRequest[]) => Promise<SendOutcome[]>;

/** The most messages that pass the point of no return together: what an opt-out can be too late for. */
const batchSize = 50;
/**
 * Messages of a list that are written together, just before they leave: what their loaders read at the same time is read
 * together, and a list of a thousand never holds a thousand mails.
 */
const writtenTogether = 100;
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
 * @throws PerennialError `delivery-in-flight` (retryable) when a request is still in the hands of another worker, or when
 * what decides about it changed again and again, `rate-limited` (retryable) when there was no permit for it in time; all other
 * requests of the list have been dealt with by then. A failure to reach the database is thrown as it is and is
 * worth a retry too.
 */
export function createDeliver(deps: DeliverDeps): Deliver {
  const setting = settingOf(deps);

  return async function deliver(requests) {
    const outcomes = new Map<string, SendOutcome>();
    const inFlight = new Set<string>();
    const failures: unknown[] = [];

    for (let round = 0; round < mostRounds; round++) {
      const open = distinct(requests).filter(
        ({ sendKey }) => !outcomes.has(sendKey) && !inFlight.has(sendKey),
      );
      if (open.length === 0) break;
      const answers = await deliverOnce(open, deps, setting);
      for (const [sendKey, answer] of answers) {
        if (answer.kind === 'outcome') outcomes.set(sendKey, answer.outcome);
        if (answer.kind === 'in-flight') inFlight.add(sendKey);
        if (answer.kind === 'failure') {
          inFlight.add(sendKey);
          failures.push(answer.error);
        }
      }
    }

    const [failure] = failures;
    if (failure !== undefined) throw failure;
    return requests.map(({ sendKey }) => outcomes.get(sendKey) ?? throwInFlight(sendKey));
  };
}

type Answer =
  | { readonly kind: 'outcome'; readonly outcome: SendOutcome }
  | { readonly kind: 'in-flight' }
  /** It could not be dealt with now, and may be later; its neighbours go on. */
  | { readonly kind: 'failure'; readonly error: unknown };

type Answers = Map<string, Answer>;

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
  await mapConcurrently(parts, parts.length, (part) => part());
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
  const lines = linesOf(sendable, setting);
  await mapConcurrently(lines, lines.length, (line) => sendLine(line, answers, deps, setting));
}

/** Messages that leave by one connection: a slow one holds up its own messages only. */
interface Line {
  readonly connection: string | undefined;
  readonly manners: Manners;
  readonly sendable: readonly Sendable[];
}

/** Those of journeys stand in line for a permit; those of campaigns take what is left. */
function linesOf(sendable: readonly Sendable[], setting: LedgerSetting): readonly Line[] {
  const lines = new Map<string, Line & { readonly sendable: Sendable[] }>();
  for (const each of sendable) {
    const connection = setting.channelOf(each.way.channel)?.connection;
    const manners = 'recipient' in each.task.candidate.request ? 'yield' : 'queue';
    const key = `${manners} ${connection}`;
    const line = lines.get(key) ?? { connection, manners, sendable: [] };
    line.sendable.push(each);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** Writes a part of the line and sends it, then the next part; without a permit in time, the rest has to come again. */
async function sendLine(
  line: Line,
  answers: Answers,
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<void> {
  const recordings: Promise<void>[] = [];
  try {
    for (let rest = line.sendable; rest.length > 0; rest = rest.slice(writtenTogether)) {
      const ready = await write(rest.slice(0, writtenTogether), answers, deps, setting);
      const left = await sendInBatches(line, ready, recordings, answers, deps, setting);
      if (left.length === 0) continue;
      const unwritten = rest.slice(writtenTogether).map(({ task }) => task);
      return sendLater([...left, ...unwritten], line, answers);
    }
  } finally {
    await Promise.all(recordings);
  }
}

/**
 * One small batch after the other, so that a pause or an opt-out is too late for one batch at most: the next passes its
 * point of no return when every provider has answered. A batch is no larger than the permits that fall within a quarter
 * of a second. Writing the answers down goes on beside that.
 *
 * @returns those for which there was no permit in time
 */
async function sendInBatches(
  line: Line,
  ready: readonly Ready[],
  recordings: Promise<void>[],
  answers: Answers,
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<readonly Ready[]> {
  for (let rest = ready; rest.length > 0;) {
    const permits = await permitsFor(line, rest.length, setting);
    if (permits?.length === 0) return rest;
    const batch = rest.slice(0, permits?.length ?? batchSize);
    rest = rest.slice(batch.length);
    const began = performance.now();
    const crossed = await cross(batch, answers, deps, setting);
    setting.permits.noteCrossing(performance.now() - began);
    const { answered, recorded } = sendCrossed(deps.db, crossed, setting, permits);
    const recording = recorded.then((sent) => {
      for (const { crossed: each, outcome } of sent) answer(answers, each.ready.candidate, outcome);
    });
    // Looked at by whoever sends the line; until then nobody is to miss a listener.
    recording.catch(() => undefined);
    recordings.push(recording);
    await answered;
  }
  return [];
}

/** Nothing for a connection without a limit. */
async function permitsFor(
  { connection, manners }: Line,
  wanted: number,
  { permits }: LedgerSetting,
): Promise<readonly Permit[] | undefined> {
  if (connection === undefined || !permits.limits(connection)) return undefined;
  return permits.take(connection, Math.min(wanted, batchSize), manners);
}

function sendLater(
  left: readonly { readonly candidate: Candidate }[],
  { connection }: Line,
  answers: Answers,
): void {
  const error = new PerennialError(
    'rate-limited',
    `There was no permit for ${connection} in time: its limit in perennial.config.ts is used up. Ask again later; nothing was sent.`,
    { retryable: true },
  );
  for (const { candidate } of left) {
    answers.set(candidate.request.sendKey, { kind: 'failure', error });
  }
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
  await mapConcurrently(tasks, askedAtOnce, async (task) => {
    const { stored, candidate } = task;
    try {
      const settlement = await settlementOf(stored, candidate, db, setting);
      if (settlement === undefined) waiting.push(task);
      else answer(answers, candidate, settlement);
    } catch (error) {
      answers.set(candidate.request.sendKey, { kind: 'failure', error });
    }
  });
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
  return settleBySearch(db, stored, terms, setting).catch(() => undefined);
}

interface Sendable {
  readonly task: Task;
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
      sendable.push({ task, message, situation, way: ruling, trace });
    } else {
      rulings.push({ candidate, situation, ruling, trace });
    }
  }
  await record(rulings, answers, deps, setting);
  return sendable;
}

/** Words before any claim: what fails here has not been promised to anybody. */
async function write(
  sendable: readonly Sendable[],
  answers: Answers,
  deps: DeliverDeps,
  setting: LedgerSetting,
): Promise<readonly Ready[]> {
  const ready: Ready[] = [];
  const rulings: Ruled[] = [];
  await mapConcurrently(sendable, writtenTogether, async ({ task, message, situation, way, trace }) => {
    const { candidate } = task;
    const { channel } = way;
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
      answers.set(candidate.request.sendKey, { kind: 'failure', error });
    }
  });
  await record(rulings, answers, deps, setting);
  return ready;
}

async function cross(
  batch: readonly Ready[],
  answers: Answers,
  { db }: DeliverDeps,
  setting: LedgerSetting,
): Promise<readonly Crossed[]> {
  const crossings = await crossPointOfNoReturn(db, batch, setting);
  return crossings.flatMap((crossing) => {
    if (crossing.kind === 'crossed') return [crossing.crossed];
    if (crossing.kind === 'answered') answer(answers, crossing.ready.candidate, crossing.outcome);
    return [];
  });
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

function answer(
  answers: Answers,
  { request }: Candidate,
  outcome: SendOutcome | 'again' | 'in-flight',
): void {
  if (outcome === 'again') return;
  answers.set(
    request.sendKey,
    outcome === 'in-flight' ? { kind: 'in-flight' } : { kind: 'outcome', outcome },
  );
}

function throwInFlight(sendKey: string): never {
  throw new PerennialError(
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

function permitsOf({ db, shop: { limits = {} } }: DeliverDeps): Permits {
  assertRateLimits(limits);
  return createPermits({ db, limits });
}

/** What is the same for every request; also for those who judge without sending. */
export function settingOf(deps: DeliverDeps): LedgerSetting {
  const { shop, clock, channels, messages, renderer, journeys = [] } = deps;
  const sendTimeoutMs = deps.sendTimeoutMs ?? 15_000;
  const windows = [
    ...shop.policy.frequencyCaps.map((cap) => cap.per),
    ...Object.values(messages).flatMap((message) => message.allowance?.per ?? []),
  ];
  return {
    shop,
    clock,
    wall: deps.wall ?? { now: () => Date.now() },
    sendTimeoutMs,
    leaseMs: deps.leaseMs ?? 3 * sendTimeoutMs,
    permits: deps.permits ?? permitsOf(deps),
    channelOf: (medium) => channels.find((channel) => channel.medium === medium),
    includesBusiness: (name, version) =>
      journeys.some(
        (journey) =>
          journey.name === name && journey.version === version && journey.includesBusiness === true,
      ),
    whatsAppTemplatesOf: (message, locale) =>
      renderer.whatsAppTemplatesOf(
        message,
        languageChain(locale ?? shop.locales.supported[0], shop.locales.supported),
      ),
    longestWindowMs: Math.max(0, ...windows.map(parseDuration)),
  };
}
