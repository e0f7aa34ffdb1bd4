import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as openRequest, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stopEngine } from '../../engine/engine-status.ts';
import { freePort } from '../../engine/ports.ts';
import { temporaryDataFolder } from '../engine/temporary-data-folder.ts';
import { checkout } from '../kit/checkout.ts';
import { createTestKey, leftCart, postEvents } from '../kit/left-cart.ts';
import {
  openShopProcesses,
  startProcess,
  type ShopProcess,
  type ShopProcesses,
} from '../kit/shop-processes.ts';

/** A process of ours takes seconds to start, and many more on a busy machine. In milliseconds. */
const patience = 120_000;

let shop: ShopProcesses;
let key: string;
let provider: SlowProvider;
let server: ShopProcess;
let serverUrl: string;
beforeAll(async () => {
  [shop, provider] = await Promise.all([openShopProcesses(), startSlowProvider()]);
  key = await createTestKey(shop.database.db);
  const port = await freePort();
  serverUrl = `http://127.0.0.1:${port}`;
  server = await shop.start('server', { PORT: String(port), DRAIN_SECONDS: '2' });
}, patience);
afterEach(() => provider.answerAll());
afterAll(async () => {
  await Promise.all([shop.close(), provider.close()]);
});

describe('a worker that is asked to stop while a message is at the provider', () => {
  const places = async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const worker = await shop.start('worker', { ...provider.environment, WORKER_PORT: String(port) });
    return { worker, url };
  };

  it(
    'says why, is not ready from then on, waits for the answer and writes it down',
    { timeout: patience },
    async () => {
      const { worker, url } = await places();
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      await leaveCart('c-patient');
      await provider.asked(1);

      worker.kill('SIGTERM');
      await until(async () => (await fetch(`${url}/readyz`)).status === 503);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await sleep(500);
      provider.answerAll();

      expect(await worker.ended).toBe(0);
      expect(worker.log()).toContain('Stopping after SIGTERM');
      expect(await statesOf('c-patient')).toEqual(['accepted']);
    },
  );

  it(
    'ends at once when it is asked a second time, and leaves the message to be settled',
    { timeout: patience },
    async () => {
      const { worker } = await places();
      await leaveCart('c-hasty');
      await provider.asked(1);

      worker.kill('SIGTERM');
      await until(() => worker.log().includes('Stopping after SIGTERM'));
      const { code, seconds } = await worker.stop('SIGTERM');

      expect(code).toBe(143);
      expect(seconds).toBeLessThan(2);
      expect(worker.log()).toContain('Ending at once after a second SIGTERM');
      expect(await statesOf('c-hasty')).toEqual(['sending']);
    },
  );
});

describe('a server that is asked to stop', () => {
  it(
    'says that it is not ready while it still serves, and finishes the call that is under way',
    { timeout: patience },
    async () => {
      const url = serverUrl;
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const call = beginCall(url, key);
      await sleep(100);

      server.kill('SIGTERM');
      await until(async () => (await fetch(`${url}/readyz`)).status === 503);
      const late = await postEvents(url, key, leftCart({ customerId: 'c-late', email: 'late@example.com' }));
      expect(late.status).toBe(202);
      await sleep(2_500);
      await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');

      expect(await call.finish()).toBe(202);
      expect(await server.ended).toBe(0);
      expect(server.log()).toContain('Stopping after SIGTERM');
    },
  );
});

describe('a process that cannot finish', () => {
  const start = () => startProcess(['node', '--import', 'tsx', 'tests/cli/stubborn-process.ts'], {});

  it(
    'does not end at once when another signal comes, as from Ctrl-C and a supervisor',
    { timeout: patience },
    async () => {
      const stubborn = await start();
      stubborn.kill('SIGINT');
      await until(() => stubborn.log().includes('Stopping after SIGINT'));
      expect(await stubborn.stop('SIGTERM')).toMatchObject({ code: 1 });
      expect(stubborn.log()).not.toContain('second');
    },
  );

  it('ends when its time is over, says so, and is no success', { timeout: patience }, async () => {
    const stubborn = await start();
    const { code, seconds } = await stubborn.stop();
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(5);
    expect(stubborn.log()).toContain('The stop took too long');
  });
});

describe('`perennial start` that is asked a second time while it stops', () => {
  it(
    'ends at once, and says that the engine may still run and how to end it',
    { timeout: patience },
    async () => {
      const dataFolder = temporaryDataFolder();
      const environment = {
        ...shop.environment,
        TEMPORAL_ADDRESS: '',
        TEMPORAL_NAMESPACE: '',
        PERENNIAL_DATA: dataFolder,
        PERENNIAL_TEMPORAL_PORT: String(await freePort()),
        PERENNIAL_TEMPORAL_UI_PORT: String(await freePort()),
        PORT: String(await freePort()),
      };
      const start = spawn(process.execPath, ['bin/perennial.mjs', 'start'], {
        cwd: checkout,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      });
      const ended = once(start, 'exit');
      let said = '';
      for (const stream of [start.stdout, start.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
      try {
        await until(() => said.includes('Stop with Ctrl-C'));
        start.kill('SIGINT');
        await until(() => said.includes('Stopping: messages in flight'));
        start.kill('SIGINT');
        expect(await ended).toEqual([130, null]);
        expect(said).toContain('`npx perennial engine stop` ends them');
        expect(await stopEngine({ checkout, dataFolder })).toEqual({ stopped: ['temporal'] });
      } finally {
        start.kill('SIGKILL');
        await stopEngine({ checkout, dataFolder });
      }
    },
  );
});

async function leaveCart(customerId: string): Promise<void> {
  const events = leftCart({ customerId, email: `${customerId}@example.com` });
  expect((await postEvents(serverUrl, key, events)).status).toBe(202);
}

async function statesOf(externalId: string): Promise<string[]> {
  const rows = await shop.database.db
    .selectFrom('deliveries')
    .innerJoin('customers', 'customers.id', 'deliveries.customer_id')
    .where('customers.external_id', '=', externalId)
    .select('deliveries.state')
    .execute();
  return rows.map(({ state }) => state);
}

/** A call whose body comes in two halves. */
function beginCall(url: string, secret: string) {
  const body = JSON.stringify(leftCart({ customerId: 'c-slow', email: 'slow@example.com' }));
  const request = openRequest(`${url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  const answered = once(request, 'response');
  request.write(body.slice(0, 20));
  return {
    async finish(): Promise<number | undefined> {
      request.end(body.slice(20));
      const [response] = await answered;
      response.resume();
      return response.statusCode;
    },
  };
}

interface SlowProvider {
  readonly environment: Readonly<Record<string, string>>;
  /** So many requests wait for their answer. */
  asked(count: number): Promise<void>;
  answerAll(): void;
  close(): Promise<void>;
}

/** Takes mails as SendGrid does, and answers when it is told to. */
async function startSlowProvider(): Promise<SlowProvider> {
  const waiting: ServerResponse[] = [];
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => waiting.push(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: { SENDGRID_API_KEY: 'SG.slow', SENDGRID_BASE_URL: `http://127.0.0.1:${port}` },
    asked: (count) => until(() => waiting.length >= count),
    answerAll() {
      for (const response of waiting.splice(0)) {
        response.writeHead(202, { 'X-Message-Id': 'slow-1' }).end();
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(50);
  }
}
