import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Asking } from '../../activities/answer.ts';
import { createActivities } from '../../activities/create-activities.ts';
import type { ExitRecord } from '../../activities/record-exit.ts';
import { originOf, type SendOutcome, type SendRequest } from '../../domain/delivery.ts';
import { parseDuration, type Duration } from '../../domain/duration.ts';
import type { EventName, FactOf } from '../../domain/events/catalogue.ts';
import { floorToSecond, type Instant } from '../../domain/instant.ts';
import {
  happenedSignal,
  runIdOf,
  whereaboutsQuery,
  type Happening,
  type RunInput,
  type Whereabouts,
} from '../../domain/journey.ts';
import type { Question, QuestionName, Questions } from '../../domain/questions.ts';
import { createVirtualRun } from '../../simulation/virtual-run.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { temporalServer } from './temporal-server.ts';

/** What the world outside does for one run; each test writes the part it is about. */
export interface Surroundings {
  readonly deliver?: (request: SendRequest, now: Instant) => Promise<SendOutcome> | SendOutcome;
  readonly answer?: (question: Question, asking: Asking) => Questions[QuestionName]['answer'];
  readonly recordExit?: (exit: ExitRecord) => unknown;
}

export interface CastOptions<Fact> extends Surroundings {
  readonly fact?: Fact;
  /** How long after the scenario's beginning the story begins. Default: at once. */
  readonly startsAfter?: Duration;
  readonly customer?: string;
  /** Hands the run over while it is still doing what it does first. */
  readonly whileBusy?: boolean;
}

/** One run on the stage. Instants are the scenario's; it begins at `beginning`. */
export interface StagedRun {
  readonly runId: string;
  readonly enrolment: string;
  /** What was asked of delivery, with the instant at which it was asked. */
  readonly sends: readonly { readonly request: SendRequest; readonly now: Instant }[];
  readonly questions: readonly { readonly question: Question; readonly now: Instant }[];
  readonly exits: readonly ExitRecord[];
  /** Lets the scenario's time pass, from due instant to due instant. */
  advance(duration: Duration): Promise<void>;
  tell<Name extends EventName>(event: Name, fact: FactOf<Name>, options?: Partial<Happening>): Promise<void>;
  /** Tells it in the way that ends a start delay. */
  wake<Name extends EventName>(event: Name, fact: FactOf<Name>): Promise<void>;
  /** An event of `endsOn` happens: its enrolment is sealed and the run is told. */
  end(event: EventName): Promise<void>;
  cancel(): Promise<void>;
  whereabouts(): Promise<Whereabouts>;
  /** The exit reason; rejects when the run failed. */
  result(): Promise<string>;
  /** What the run has cost the server so far; each jump of virtual time adds to it. */
  transitions(): Promise<number>;
  history(): ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>;
}

export interface Stage {
  /** Where every scenario begins: Monday 2 March 2026, 09:00 UTC. */
  readonly beginning: Instant;
  cast<Fact = unknown>(type: string, options?: CastOptions<Fact>): Promise<StagedRun>;
  /** Ends the worker as a deployment would and starts another: all runs are forgotten and replayed. */
  restartWorker(): Promise<void>;
  close(): Promise<void>;
}

// What a worker says while it works is of no interest in a test; what goes wrong is.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const beginning = Date.UTC(2026, 2, 2, 9);

/**
 * A real Temporal server, a real worker and virtual time, for stories on their own: what they do to the world outside
 * is played by the test. Whole journeys with a database are tested in a world instead.
 */
export async function openStage({ entry }: { entry: string }): Promise<Stage> {
  const server = await temporalServer();
  const connection = await Connection.connect({ address: server.address });
  const nativeConnection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const taskQueue = `stage-${randomUUID()}`;
  const workflowBundle = await bundleJourneys({ entry });
  const cast = new Map<string, Surroundings>();
  const surroundingsOf = (enrolment: string): Surroundings => cast.get(enrolment) ?? {};

  const activities = createActivities({
    async deliver(requests) {
      // The engine's time of the attempt, which is virtual, unlike this machine's.
      const engineNow = activityInfo().currentAttemptScheduledTimestampMs;
      const outcomes: SendOutcome[] = [];
      for (const request of requests) {
        outcomes.push(
          (await surroundingsOf(originOf(request)).deliver?.(request, engineNow)) ?? {
            status: 'sent',
            channel: 'email',
            delivery: randomUUID(),
          },
        );
      }
      return outcomes;
    },
    async answer(question, asking) {
      const answer = surroundingsOf(asking.enrolment).answer?.(question, asking);
      if (answer === undefined) throw new Error(`the test does not answer ${question.name}`);
      return answer;
    },
    async recordExit(exit) {
      surroundingsOf(exit.enrolment).recordExit?.(exit);
    },
  });

  async function startWorker(): Promise<() => Promise<void>> {
    const worker = await Worker.create({
      connection: nativeConnection,
      namespace: server.namespace,
      taskQueue,
      workflowBundle,
      activities,
      maxCachedWorkflows: 50,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  }

  let stopWorker = await startWorker();

  return {
    beginning,
    async restartWorker() {
      await stopWorker();
      stopWorker = await startWorker();
    },
    cast: (type, options = {}) => castRun({ client, taskQueue, type, cast }, options),
    async close() {
      await stopWorker();
      await nativeConnection.close();
      await connection.close();
      await server.stop();
    },
  };
}

interface Casting {
  readonly client: Client;
  readonly taskQueue: string;
  readonly type: string;
  readonly cast: Map<string, Surroundings>;
}

async function castRun<Fact>(
  { client, taskQueue, type, cast }: Casting,
  options: CastOptions<Fact>,
): Promise<StagedRun> {
  const enrolment = randomUUID();
  const runId = runIdOf({ journey: type.split('@')[0] ?? type, id: enrolment });
  const sends: { request: SendRequest; now: Instant }[] = [];
  const questions: { question: Question; now: Instant }[] = [];
  const exits: ExitRecord[] = [];
  const clockOffset = beginning - Date.now();
  cast.set(enrolment, {
    deliver(request, engineInstant) {
      const now = engineInstant + clockOffset;
      sends.push({ request, now });
      return options.deliver?.(request, now) ?? { status: 'sent', channel: 'email', delivery: randomUUID() };
    },
    answer(question, asking) {
      questions.push({ question, now: asking.now });
      return options.answer?.(question, asking) ?? 0;
    },
    recordExit(exit) {
      options.recordExit?.(exit);
      exits.push(exit);
    },
  });

  const engineNow = () => Date.now() + clockOffset;
  const dueAt = beginning + (options.startsAfter ? parseDuration(options.startsAfter) : 0);
  const input: RunInput<Fact | undefined> = {
    enrolment,
    customer: options.customer ?? randomUUID(),
    fact: options.fact,
    dueAt,
    clockOffset,
  };
  const start = {
    workflowId: runId,
    taskQueue,
    args: [input] as [unknown],
    ...(options.startsAfter && { startDelay: dueAt - engineNow() }),
  };
  const handle = await client.workflow.start(type, start);
  const run = createVirtualRun({ client, runId });
  if (options.whileBusy !== true) await run.settle();

  let now: Instant = beginning;
  let told = 0;

  async function tell(happening: Happening, early = false): Promise<void> {
    await run.sync(now - clockOffset);
    if (early) {
      await client.workflow.signalWithStart(type, {
        ...start,
        workflowIdConflictPolicy: 'USE_EXISTING',
        signal: happenedSignal,
        signalArgs: [happening],
      });
    } else await handle.signal(happenedSignal, happening);
    await pause(20);
    await run.settle();
  }

  function happening(event: EventName, fact: unknown, ends: boolean): Happening {
    told += 1;
    return { outboxId: String(told), event, fact, at: now, ends };
  }

  return {
    runId,
    enrolment,
    sends,
    questions,
    exits,
    async advance(duration) {
      const end = now + parseDuration(duration);
      for (;;) {
        const { due, closed } = run.standing;
        if (closed !== undefined || due === undefined) break;
        // Deadlines are whole seconds; a start delay ends some milliseconds after the one it was meant for.
        const dueAt = floorToSecond(due + clockOffset);
        if (dueAt > end) break;
        now = Math.max(now, dueAt);
        await run.step();
      }
      now = end;
    },
    tell: (event, fact, told = {}) => tell({ ...happening(event, fact, false), ...told }),
    wake: (event, fact) => tell(happening(event, fact, false), true),
    end: (event) => tell(happening(event, {}, true), run.standing.due !== undefined && now < dueAt),
    cancel: async () => {
      await handle.cancel();
      await pause(20);
      await run.settle();
    },
    whereabouts: () => handle.query<Whereabouts>(whereaboutsQuery),
    result: () => handle.result() as Promise<string>,
    async transitions() {
      const { raw } = await handle.describe();
      return Number(raw.workflowExecutionInfo?.stateTransitionCount);
    },
    history: () => handle.fetchHistory(),
  };
}
