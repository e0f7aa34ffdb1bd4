import colours from 'picocolors';
import { readEnvironment } from '../config/environment.ts';
import { readSecret } from '../config/secret.ts';
import type { Channel } from '../delivery/channels/channel.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { ownerGone } from '../engine/owner-gone.ts';
import { assertPortFree } from '../engine/ports.ts';
import type { Engine } from '../engine/start-engine.ts';
import { startEngineFor } from '../engine/start-from-environment.ts';
import { openDatabase } from '../store/database.ts';
import { assertMigrated, migrate } from '../store/migrate.ts';
import { exitCode } from './exit-code.ts';
import { openChannels } from '../open-channels.ts';
import type { Output } from './output.ts';
import { showChannels } from './show/channels.ts';
import { superviseChild, type SupervisedChild } from './supervise-child.ts';

const processes = ['worker', 'server'] as const;
type ProcessName = (typeof processes)[number];

/**
 * Starts engine, worker and server, keeps them running whatever ends them, and stops all when it is asked to.
 *
 * @returns the exit code
 */
export async function startEverything(output: Output): Promise<number> {
  const begun = performance.now();
  const stopAsked = whenAskedToStop();
  const environment = readEnvironment();
  await assertPortFree(environment.port, 'the server', 'choose another with PORT');
  const engine = await startEngineFor(environment, {
    onProgress: output.progress,
    onEvent: ({ part, what }) => output.progress(`${part} ${what}`),
  });
  const children: SupervisedChild[] = [];
  try {
    await prepareDatabase(engine, environment.databaseUrl === undefined, output);
    const childEnvironment = {
      ...process.env,
      DATABASE_URL: engine.databaseUrl,
      TEMPORAL_ADDRESS: engine.temporalAddress,
      TEMPORAL_NAMESPACE: engine.namespace,
      PERENNIAL_SECRET: await readSecret(environment),
    };
    const ready = processes.map((name) => startChild(name, childEnvironment, children, output));
    const isReady = await Promise.race([Promise.all(ready).then(() => true), stopAsked.then(() => false)]);
    if (isReady) {
      tellReady(output, {
        seconds: (performance.now() - begun) / 1000,
        engine,
        publicUrl: environment.publicUrl,
        outbox: environment.outboxFolder,
        channels: openChannels(environment),
        pids: children.map((child) => child.pid),
      });
    }
    const why = await Promise.race([stopAsked, ownerGone(engine, environment.dataFolder)]);
    if (why === 'owner-gone') {
      throw new PerennialError(
        'engine-not-running',
        'The Perennial that ran the engine of this data folder has ended, and this one only shared it: nobody would start the engine again if it died. So this one ends as well. Run "npm start" again: it takes over what is still running.',
        { retryable: true },
      );
    }
    output.progress('Stopping: messages in flight are finished first. The data stays.');
    endAtOnceWhenAskedAgain(engine, output);
    return exitCode.success;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await engine.stop();
  }
}

/** A database of our own is ours to migrate; anybody else's is migrated by hand, once, before the new version starts. */
async function prepareDatabase(engine: Engine, ours: boolean, output: Output): Promise<void> {
  const db = openDatabase({ url: engine.databaseUrl, connections: 1, applicationName: 'perennial-start' });
  try {
    if (!ours) return await assertMigrated(db);
    for (const name of await migrate(db)) output.progress(`Applied migration ${name}`);
  } finally {
    await db.destroy();
  }
}

function startChild(
  name: ProcessName,
  environment: Readonly<Record<string, string | undefined>>,
  children: SupervisedChild[],
  output: Output,
): Promise<void> {
  return new Promise((resolve) => {
    children.push(
      superviseChild({
        name,
        module: new URL(`../${name}.ts`, import.meta.url).pathname,
        execArgv: ['--import', 'tsx'],
        environment,
        onLine: (line) => process.stderr.write(`${colours.dim(name.padEnd(6))} ${line}\n`),
        onEvent: ({ what, detail }) => {
          if (what === 'ready') resolve();
          if (what !== 'started') output.progress(`${name} ${what} (${detail})`);
        },
      }),
    );
  });
}

interface Ready {
  readonly seconds: number;
  readonly engine: Engine;
  readonly publicUrl: string;
  readonly outbox: string;
  readonly channels: readonly Channel[];
  readonly pids: readonly (number | undefined)[];
}

function tellReady(output: Output, { seconds, engine, publicUrl, outbox, channels, pids }: Ready): void {
  output.data({
    ready: true,
    seconds: Number(seconds.toFixed(2)),
    url: publicUrl,
    outbox,
    channels: Object.fromEntries(channels.map(({ medium, connection }) => [medium, connection])),
    temporal: engine.temporalAddress,
    ui: engine.uiUrl,
    processes: Object.fromEntries(processes.map((name, index) => [name, pids[index]])),
  });
  output.say('');
  output.say(colours.bold(`Perennial is ready after ${seconds.toFixed(1)} s.`));
  output.say(`  events    POST ${publicUrl}/v1/events   (described by ${publicUrl}/v1/openapi.json)`);
  for (const line of showChannels(channels, outbox)) output.say(`  ${line}`);
  if (engine.uiUrl) output.say(`  Temporal  ${engine.uiUrl}`);
  output.say('');
  output.say('Try, in another terminal:');
  output.say('  npx perennial track --example customer.updated | npx perennial track -');
  output.say('  npx perennial track --example consent.changed | npx perennial track -');
  output.say("  npx perennial track --example cart.updated --ago '4 hours' | npx perennial track -");
  output.say('  npx perennial runs');
  output.say('  npx perennial explain c-1001');
  output.say('');
  output.say('Stop with Ctrl-C.');
}

function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Worker and server end with us. Temporal and PostgreSQL outlive whoever starts them, so that they are not cut off. */
function endAtOnceWhenAskedAgain(engine: Engine, output: Output): void {
  process.once('SIGINT', () => {
    const whoStays = engine.attached
      ? ''
      : ' Temporal and PostgreSQL may still run: `npx perennial engine stop` ends them, `npm start` takes them over.';
    output.progress(`Ending at once after a second Ctrl-C.${whoStays}`);
    process.exit(exitCode.interrupted);
  });
}
