import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';

import { engineStatus, stopEngine } from '../../engine/engine-status.ts';
import { freePort, isPortFree } from '../../engine/ports.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../engine/process-identity.ts';
import {
  startEngine,
  type Engine,
  type EngineEvent,
  type StartEngineOptions,
} from '../../engine/start-engine.ts';
import { bareEnvironment } from './fake-program.ts';
import { temporaryDataFolder } from './temporary-data-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 90_000 });
const checkout = process.cwd();

test('keeps what was written over a restart of everything', async () => {
  const options = await machine();
  const first = await start(options);
  await writeOrder(first, 'order-1');
  await startRun(first, 'run-1');
  const processes = processesOf(first);
  await first.stop();
  expect(processes.map(isAlive)).toEqual([false, false]);

  const second = await start(options);
  expect(await readOrders(second)).toEqual(['order-1']);
  expect(await isRunning(second, 'run-1')).toBe(true);
  expect(second.databaseUrl).toBe(first.databaseUrl);
});

test('starts a killed part again on the same port, with everything that was committed', async () => {
  const options = await machine();
  const events: EngineEvent[] = [];
  const engine = await start({ ...options, onEvent: (event) => events.push(event) });
  await writeOrder(engine, 'order-1');
  await startRun(engine, 'run-1');

  const killed = processesOf(engine);
  for (const { pid } of killed) process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(events.filter(({ what }) => what === 'restarted')).toHaveLength(2), 60_000);

  expect(await readOrders(engine)).toEqual(['order-1']);
  expect(await isRunning(engine, 'run-1')).toBe(true);
  expect(processesOf(engine).map(({ pid }) => killed.some((one) => one.pid === pid))).toEqual([false, false]);
  expect(
    events
      .filter(({ what }) => what === 'died')
      .map(({ part }) => part)
      .toSorted(),
  ).toEqual(['postgres', 'temporal']);
});

test('does not start a part again once it was told to stop', async () => {
  const options = await machine();
  const events: EngineEvent[] = [];
  const engine = await start({ ...options, onEvent: (event) => events.push(event) });
  const [, temporalPort] = engine.temporalAddress.split(':');
  await engine.stop();
  await new Promise((resolve) => setTimeout(resolve, 1_500));

  expect(events).toEqual([]);
  expect(await isPortFree(Number(temporalPort))).toBe(true);
  expect(await engineStatus(options)).toMatchObject({ running: false });
});

test('takes over what a killed Perennial left running, and ends it in the end', async () => {
  const options = await machine();
  const { child, said } = await startElsewhere(options);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const engine = await start(options);
  expect(engine.attached).toBe(false);
  expect(engine.pids).toEqual(said.pids);
  const processes = processesOf(engine);
  await engine.stop();
  expect(processes.map(isAlive)).toEqual([false, false]);
});

test('does not lose sight of what it could not take over', async () => {
  const options = await machine();
  const { child, said } = await startElsewhere(options);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const nothing = temporaryFolder();
  const surroundings = { cacheFolder: nothing, environment: bareEnvironment(nothing) };
  await expect(startEngine({ ...options, surroundings })).rejects.toMatchObject({
    code: 'engine-go-missing',
  });

  expect((await engineStatus(options)).temporal).toMatchObject({ pid: said.pids.temporal, alive: true });
  expect((await stopEngine(options)).stopped).toContain('temporal');
});

test('shares the engine that another Perennial of this checkout runs, and does not end it', async () => {
  const options = await machine();
  const { child, said } = await startElsewhere(options);

  const engine = await start(options);
  expect(engine).toMatchObject({ attached: true, databaseUrl: said.databaseUrl, pids: said.pids });
  await writeOrder(engine, 'order-1');
  const processes = processesOf(engine);
  await engine.stop();
  expect(processes.map(isAlive)).toEqual([true, true]);

  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(processes.map(isAlive)).toEqual([false, false]);
});

test('refuses a data folder that a Perennial of another checkout uses', async () => {
  const options = await machine();
  await start(options);

  await expect(startEngine({ ...options, checkout: '/another/checkout' })).rejects.toMatchObject({
    code: 'engine-data-in-use',
    message: expect.stringContaining(`process ${process.pid}`) as string,
  });
});

test.each(['temporal', 'ui', 'postgres'] as const)(
  'refuses a %s port that another program holds, and leaves nothing running',
  async (part) => {
    const options = await machine();
    const port = await heldPort();

    const ports = { ...options.ports, [part]: port };
    await expect(startEngine({ ...options, ports })).rejects.toMatchObject({
      code: 'engine-port-busy',
      message: expect.stringMatching(new RegExp(`${port}.*PERENNIAL_[A-Z_]*PORT`, 's')) as string,
    });
    expect(await engineStatus(options)).toMatchObject({ running: false });
  },
);

test('runs with data under a folder that only its owner may enter, and keeps its password there', async () => {
  const dataFolder = temporaryDataFolder('home', 'shop');
  chmodSync(join(dataFolder, '..', '..'), 0o700);
  const engine = await start(await machine(dataFolder));

  await writeOrder(engine, 'order-1');
  expect(await readOrders(engine)).toEqual(['order-1']);
  expect(statSync(join(dataFolder, 'engine.json')).mode & 0o077).toBe(0);
  expect(statSync(join(dataFolder, 'postgres.json')).mode & 0o077).toBe(0);
});

test('runs on by itself after detach, until stopEngine', async () => {
  const options = await machine();
  const engine = await start({ ...options, supervise: false });
  const processes = processesOf(engine);
  await engine.detach();
  expect(await engineStatus(options)).toMatchObject({ running: true, background: true });

  const shared = await start(options);
  expect(processesOf(shared)).toEqual(processes);
  await shared.stop();
  expect(processes.map(isAlive)).toEqual([true, true]);

  expect((await stopEngine(options)).stopped.toSorted()).toEqual(['postgres', 'temporal']);
  expect(processes.map(isAlive)).toEqual([false, false]);
  expect(await stopEngine(options)).toEqual({ stopped: [] });
});

test('does not stop an engine that a living Perennial runs', async () => {
  const options = await machine();
  const { child } = await startElsewhere(options);

  await expect(stopEngine(options)).rejects.toMatchObject({
    code: 'engine-data-in-use',
    message: expect.stringContaining(String(child.pid)) as string,
  });
  expect(await engineStatus(options)).toMatchObject({ running: true, owner: { pid: child.pid } });
});

test('starts nothing when both servers are elsewhere', async () => {
  const options = await machine();
  const elsewhere = { databaseUrl: 'postgres://db.internal/shop', temporalAddress: 'temporal.internal:7233' };
  const engine = await start({ ...options, ...elsewhere });

  expect(engine).toMatchObject({ ...elsewhere, pids: {} });
  expect(await engineStatus(options)).toMatchObject({ running: false });
});

type Machine = Pick<StartEngineOptions, 'checkout' | 'dataFolder' | 'ports'>;

/** Ports of its own, so that tests run beside a live `npm start`. */
async function machine(dataFolder = temporaryDataFolder()): Promise<Machine> {
  const ports = { temporal: await freePort(), ui: await freePort() };
  const options = { checkout, dataFolder, ports };
  onTestFinished(async () => void (await stopEngine(options).catch(() => undefined)));
  return options;
}

async function start(options: StartEngineOptions): Promise<Engine> {
  const engine = await startEngine(options);
  onTestFinished(() => engine.stop());
  return engine;
}

interface Elsewhere {
  readonly databaseUrl: string;
  readonly pids: Engine['pids'];
}

async function startElsewhere(options: Machine): Promise<{ child: ChildProcess; said: Elsewhere }> {
  const script = join(import.meta.dirname, 'run-engine.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, said: JSON.parse(line) };
  throw new Error('the other Perennial ended before it was ready');
}

function processesOf(engine: Engine): ProcessIdentity[] {
  return [engine.pids.postgres, engine.pids.temporal].map((pid) => {
    const identity = identityOf(pid ?? 0);
    if (identity === undefined) throw new Error('a part of the engine does not run');
    return identity;
  });
}

async function heldPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function writeOrder(engine: Engine, id: string): Promise<void> {
  await query(engine, 'create table if not exists orders (id text primary key)');
  await query(engine, `insert into orders values ('${id}')`);
}

async function readOrders(engine: Engine): Promise<string[]> {
  return (await query(engine, 'select id from orders order by id')).map(({ id }) => id);
}

async function query(engine: Engine, sql: string): Promise<{ id: string }[]> {
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  await client.connect();
  try {
    return (await client.query<{ id: string }>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function startRun(engine: Engine, workflowId: string): Promise<void> {
  await withTemporal(engine, async (client) => {
    await client.workflow.start('nobody-runs-this', { workflowId, taskQueue: 'nobody' });
  });
}

async function isRunning(engine: Engine, workflowId: string): Promise<boolean> {
  return withTemporal(engine, async (client) => {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  });
}

async function withTemporal<T>(engine: Engine, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: engine.temporalAddress });
  try {
    return await work(new Client({ connection, namespace: engine.namespace }));
  } finally {
    await connection.close();
  }
}
