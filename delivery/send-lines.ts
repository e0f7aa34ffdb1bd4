import { PerennialError } from '../domain/perennial-error.ts';
import type { RateLimit } from '../domain/rate-limits.ts';
import type { Database } from '../store/database.ts';
import { answer, answerFailure, type Answers } from './answers.ts';
import type { Candidate } from './ledger/candidate.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import type { Manners, Permit } from './ledger/permits.ts';
import { crossPointOfNoReturn, type Crossed, type Ready } from './ledger/point-of-no-return.ts';
import { sideBySide } from './ledger/side-by-side.ts';
import { sendCrossed } from './send-crossed.ts';

/** A message that the gates have let through; what writes it knows more of it. */
export interface Passed {
  readonly candidate: Candidate;
  readonly channel: Ready['channel'];
}

export interface LinesToSend<Message extends Passed> {
  readonly db: Database;
  readonly setting: LedgerSetting;
  readonly answers: Answers;
  /** The words of some messages, just before they leave; what cannot be written is answered. */
  readonly write: (passed: readonly Message[]) => Promise<readonly Ready[]>;
}

/** The most messages that pass the point of no return together: what an opt-out can be too late for. */
const batchSize = 50;
/**
 * Messages of a list that are written together, just before they leave: what their loaders read at the same time is read
 * together, and a list of a thousand never holds a thousand mails.
 */
const writtenTogether = 100;
/** Words are about things as they are now: no more are written than may leave within so many seconds. */
const freshForSeconds = 5;

/** Sends what passed the gates, the messages of each connection beside those of the others. */
export async function sendLines<Message extends Passed>(
  passed: readonly Message[],
  sending: LinesToSend<Message>,
): Promise<void> {
  const lines = linesOf(passed, sending.setting);
  await sideBySide(lines, (line) => sendLine(line, sending));
}

/** Messages that leave by one connection: a slow one holds up its own messages only. */
interface Line<Message extends Passed> {
  readonly connection: string | undefined;
  readonly manners: Manners;
  readonly passed: readonly Message[];
}

/** Those of journeys stand in line for a permit; those of campaigns take what is left. */
function linesOf<Message extends Passed>(
  passed: readonly Message[],
  { channelOf }: LedgerSetting,
): readonly Line<Message>[] {
  const lines = new Map<string, Line<Message> & { readonly passed: Message[] }>();
  for (const each of passed) {
    const connection = channelOf(each.channel)?.connection;
    const manners = 'recipient' in each.candidate.request ? 'yield' : 'queue';
    const key = `${manners} ${connection}`;
    const line = lines.get(key) ?? { connection, manners, passed: [] };
    line.passed.push(each);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** Writes a part of the line and sends it, then the next part; what cannot leave in this turn has to come again. */
async function sendLine<Message extends Passed>(
  line: Line<Message>,
  sending: LinesToSend<Message>,
): Promise<void> {
  const recordings: Promise<void>[] = [];
  const turn = { line, endsAt: performance.now() + sending.setting.listTurnMs, recordings };
  const together = writtenAtOnce(line, sending.setting);
  try {
    for (let rest = line.passed; rest.length > 0; rest = rest.slice(together)) {
      const ready = await sending.write(rest.slice(0, together));
      const { left, why } = await sendInBatches(turn, ready, sending);
      if (why === undefined) continue;
      for (const { candidate } of [...left, ...rest.slice(together)])
        answerFailure(sending.answers, candidate, why);
      return;
    }
  } finally {
    await Promise.all(recordings);
  }
}

function writtenAtOnce<Message extends Passed>(
  { connection }: Line<Message>,
  { shop }: LedgerSetting,
): number {
  const limits: Readonly<Record<string, RateLimit | undefined>> = shop.limits ?? {};
  const limit = connection === undefined ? undefined : limits[connection];
  if (limit === undefined) return writtenTogether;
  return Math.min(writtenTogether, Math.ceil(limit.perSecond * freshForSeconds));
}

interface Turn<Message extends Passed> {
  readonly line: Line<Message>;
  /** By this process's `performance.now()`. */
  readonly endsAt: number;
  readonly recordings: Promise<void>[];
}

/** What did not leave, and the error that says why. */
interface Left {
  readonly left: readonly Ready[];
  readonly why?: PerennialError;
}

/**
 * One small batch after the other, so that a pause or an opt-out is too late for one batch at most: the next passes its
 * point of no return when every provider has answered. A batch is no larger than the permits that fall within a quarter
 * of a second. Writing the answers down goes on beside that.
 */
async function sendInBatches<Message extends Passed>(
  { line, endsAt, recordings }: Turn<Message>,
  ready: readonly Ready[],
  { db, setting, answers }: LinesToSend<Message>,
): Promise<Left> {
  for (let rest = ready; rest.length > 0;) {
    // Whoever sends one message finishes it; a list is left to another process.
    if (line.manners === 'yield' && setting.stopping.aborted) return { left: rest, why: stopping() };
    const permits = await permitsFor(line, rest.length, endsAt, setting);
    if (permits?.length === 0) return { left: rest, why: noPermit(line.connection) };
    const batch = rest.slice(0, permits?.length ?? batchSize);
    rest = rest.slice(batch.length);
    const began = performance.now();
    const crossed = await cross(batch, answers, db, setting);
    setting.permits.noteCrossing(performance.now() - began);
    const { answered, recorded } = sendCrossed(db, crossed, setting, permits);
    const recording = recorded.then((sent) => {
      for (const { crossed: each, outcome } of sent) answer(answers, each.ready.candidate, outcome);
    });
    // Looked at by whoever sends the line; until then nobody is to miss a listener.
    recording.catch(() => undefined);
    recordings.push(recording);
    await answered;
  }
  return { left: [] };
}

/** Nothing for a connection without a limit; none at all when the line's turn is over. */
async function permitsFor<Message extends Passed>(
  { connection, manners }: Line<Message>,
  wanted: number,
  endsAt: number,
  { permits }: LedgerSetting,
): Promise<readonly Permit[] | undefined> {
  if (connection === undefined || !permits.limits(connection)) return undefined;
  if (manners === 'yield' && performance.now() > endsAt) return [];
  return permits.take(connection, Math.min(wanted, batchSize), manners);
}

async function cross(
  batch: readonly Ready[],
  answers: Answers,
  db: Database,
  setting: LedgerSetting,
): Promise<readonly Crossed[]> {
  const crossings = await crossPointOfNoReturn(db, batch, setting);
  return crossings.flatMap((crossing) => {
    if (crossing.kind === 'crossed') return [crossing.crossed];
    if (crossing.kind === 'answered') answer(answers, crossing.ready.candidate, crossing.outcome);
    return [];
  });
}

function noPermit(connection: string | undefined): PerennialError {
  return new PerennialError(
    'rate-limited',
    `There was no permit for ${connection} in time: its limit in perennial.config.ts is used up. Ask again later; nothing was sent.`,
    { retryable: true },
  );
}

function stopping(): PerennialError {
  return new PerennialError(
    'temporarily-unavailable',
    'This process is stopping and has let go of what had not left yet. Another one goes on with it; nothing was sent.',
    { retryable: true },
  );
}
