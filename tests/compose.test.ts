import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { freePort } from '../engine/ports.ts';
import { startEngine, type Engine } from '../engine/start-engine.ts';
import { startTestDatabaseServer } from '../engine/start-test-database-server.ts';
import { openDatabase } from '../store/database.ts';
import { checkout } from './kit/checkout.ts';
import { createTestKey, leftCart, postEvents } from './kit/left-cart.ts';
import { secret, startProcess, type ShopProcess } from './kit/shop-processes.ts';

/** No Docker is needed here: the file is read, and the commands of its services are run as they stand in it. */
const yaml: { load(text: string): unknown } = createRequire(import.meta.url)('js-yaml');

const service = z.looseObject({
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  secrets: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  ports: z.array(z.string()).default([]),
  deploy: z.object({
    replicas: z.number().optional(),
    resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }),
  }),
});
const { services, secrets } = z
  .looseObject({
    services: z.record(z.string(), service),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(yaml.load(readFileSync(join(checkout, 'compose.yaml'), 'utf8')));

const ours = ['migrate', 'worker', 'server'] as const;
type Ours = (typeof ours)[number];
const patience = 180_000;

function serviceOf(name: string) {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return found;
}

describe('compose.yaml', () => {
  it('waits for what each service needs, and for nothing that it does not have', () => {
    for (const { depends_on } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const isChecked = serviceOf(name).healthcheck !== undefined;
        expect([name, condition]).toEqual([
          name,
          isChecked ? 'service_healthy' : 'service_completed_successfully',
        ]);
      }
    }
    expect(Object.keys(serviceOf('worker').depends_on).sort()).toEqual(['migrate', 'temporal-namespace']);
    expect(Object.keys(serviceOf('server').depends_on)).toEqual(['migrate']);
  });

  it.each(ours)('runs %s as nobody special, on a root that cannot be written', (name) => {
    expect(serviceOf(name)).toMatchObject({ user: 'node', read_only: true, cap_drop: ['ALL'] });
  });

  it('limits every service, runs two workers, and gives a stop more time than it takes at most', () => {
    for (const [name, { deploy }] of Object.entries(services)) {
      expect([name, deploy.resources.limits]).toEqual([
        name,
        { cpus: expect.any(String), memory: expect.any(String) },
      ]);
    }
    expect(serviceOf('worker').deploy.replicas).toBe(2);
    for (const name of ['worker', 'server']) expect(serviceOf(name).stop_grace_period).toBe('40s');
  });

  it('holds no secret, and names a file for each that is used', () => {
    const used = new Set(Object.values(services).flatMap((each) => each.secrets));
    expect([...used].sort()).toEqual(Object.keys(secrets).sort());
    const text = readFileSync(join(checkout, 'compose.yaml'), 'utf8');
    expect(text).not.toMatch(/PASSWORD: (?!\$\{)|postgres:\/\/\w+:(?!<)/);
  });

  it('lets nobody but this machine in', () => {
    const ports = Object.values(services).flatMap((each) => each.ports);
    expect(ports).toEqual(['127.0.0.1:8080:8080']);
  });

  it('keeps out of the image what it must not hold', () => {
    const ignored = readFileSync(join(checkout, '.dockerignore'), 'utf8').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', '.env', 'secrets', 'node_modules', '.perennial']),
    );
    expect(readFileSync(join(checkout, '.gitignore'), 'utf8')).toMatch(/^secrets\/$/m);
  });
});

describe('the services of compose.yaml, run with their own commands against a PostgreSQL and a Temporal that stand apart', () => {
  let folder: string;
  let temporal: Engine;
  let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let serverPort: number;
  let workerPorts: readonly number[];
  const running: ShopProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-compose-'));
    database = await createEmptyDatabase();
    const [port, ui, forServer, one, two] = await Promise.all(Array.from({ length: 5 }, freePort));
    serverPort = forServer ?? 0;
    workerPorts = [one ?? 0, two ?? 0];
    temporal = await startEngine({
      checkout,
      dataFolder: folder,
      databaseUrl: database.url,
      ports: { temporal: port ?? 0, ui: ui ?? 0 },
    });
    await writeFile(join(folder, 'database_url'), `${database.url}\n`, { mode: 0o600 });
    await writeFile(join(folder, 'perennial_secret'), `${secret}\n`, { mode: 0o600 });
  }, patience);
  afterAll(async () => {
    await Promise.all(running.map((each) => each.stop('SIGKILL')));
    await temporal?.stop();
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  }, patience);

  /** As the container has it, with the places of this test. */
  function environmentOf(name: Ours, places: Readonly<Record<string, string>>): Record<string, string> {
    const { environment } = serviceOf(name);
    const inTest: Record<string, string> = {
      TEMPORAL_ADDRESS: temporal.temporalAddress,
      PERENNIAL_OUTBOX: join(folder, 'outbox'),
      HOST: '127.0.0.1',
      PRIVATE_HOST: '127.0.0.1',
      ...places,
    };
    const settings = Object.entries(environment).map(([key, value]) => [
      key,
      inTest[key] ?? filledIn(value).replace('/run/secrets/', `${folder}/`),
    ]);
    return { ...Object.fromEntries(settings), PERENNIAL_DATA: folder };
  }

  const commandOf = (name: Ours) => serviceOf(name).command ?? [];

  it('migrates, twice without harm', { timeout: patience }, async () => {
    const [program = '', ...args] = commandOf('migrate');
    expect(program).toBe('node');
    const run = () =>
      promisify(execFile)(process.execPath, args, {
        cwd: checkout,
        env: { PATH: process.env['PATH'], ...environmentOf('migrate', {}) },
      });
    expect((await run()).stdout).toContain('applied  0001-first-slice');
    expect((await run()).stdout).toContain('The schema is up to date.');
  });

  it('starts a server and two workers, whose health checks hold', { timeout: patience }, async () => {
    const start = async (name: Ours, places: Readonly<Record<string, string>>) =>
      running.push(await startProcess(commandOf(name), environmentOf(name, places)));
    await Promise.all([
      start('server', { PORT: String(serverPort), METRICS_PORT: '0' }),
      ...workerPorts.map((port) => start('worker', { WORKER_PORT: String(port) })),
    ]);
    expect(await healthOf('server', serverPort)).toBe(0);
    for (const port of workerPorts) expect(await healthOf('worker', port)).toBe(0);
  });

  it('turns an event into a message in the outbox', { timeout: patience }, async () => {
    const db = openDatabase({ url: database.url, connections: 1 });
    const key = await createTestKey(db);
    await db.destroy();
    const events = leftCart({ customerId: 'c-compose', email: 'compose@example.com' });
    expect((await postEvents(`http://127.0.0.1:${serverPort}`, key, events)).status).toBe(202);

    const letter = await untilThere(join(folder, 'outbox'), 'compose@example.com');
    expect(letter).toContain('Green tea');
  });

  it('has one worker that leads, and it alone shows the shop', { timeout: patience }, async () => {
    const pages = await Promise.all(
      workerPorts.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    );
    expect(pages.filter((page) => /^perennial_leads 1$/m.test(page))).toHaveLength(1);
    expect(pages.filter((page) => /^perennial_outbox_rows\{/m.test(page))).toHaveLength(1);
  });

  it(
    'stops everything within the time of its containers, and the health checks fail then',
    { timeout: patience },
    async () => {
      const stopped = await Promise.all(running.map((each) => each.stop()));
      expect(stopped.map(({ code }) => code)).toEqual([0, 0, 0]);
      for (const { seconds } of stopped) expect(seconds).toBeLessThan(35);
      expect(await healthOf('server', serverPort)).toBe(1);
    },
  );
});

/** The check of a service, as it stands in the file, at the port where this test runs it. */
async function healthOf(name: Ours, port: number): Promise<number> {
  const [kind, program, script = ''] = serviceOf(name).healthcheck?.test ?? [];
  expect([kind, program]).toEqual(['CMD', 'node']);
  const check = promisify(execFile)(process.execPath, [script, String(port)], { cwd: checkout });
  return check.then(
    () => 0,
    () => 1,
  );
}

/** `${NAME:-default}`, as Compose fills it in when nothing is set. */
function filledIn(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

/** On the oldest PostgreSQL that is supported where it is installed, without any table. */
async function createEmptyDatabase() {
  const oldest = '/usr/lib/postgresql/15/bin';
  const server = await startTestDatabaseServer({
    checkout,
    ...(existsSync(`${oldest}/postgres`) ? { binFolder: oldest } : {}),
  });
  const name = `compose_${process.pid}`;
  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await administer(`drop database if exists ${name} with (force)`);
  await administer(`create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async close() {
      await administer(`drop database ${name} with (force)`);
      await server.stop();
    },
  };
}

async function untilThere(outbox: string, address: string): Promise<string> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const names = await readdir(outbox, { recursive: true }).catch(() => []);
    const letters = names.filter((name) => /\.(eml|json)$/.test(name));
    const texts = await Promise.all(letters.map((name) => readFile(join(outbox, name), 'utf8')));
    const found = texts.find((text) => text.includes(address));
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`nothing to ${address} among ${letters.length} letters`);
    await sleep(200);
  }
}
