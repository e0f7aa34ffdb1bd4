import { Client, Connection } from '@temporalio/client';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../engine/ports.ts';
import { metricCatalogue } from '../../metrics/catalogue.ts';
import { createTestKey, leftCart, postEvents } from '../kit/left-cart.ts';
import { startSendgridServer, type SendgridServer } from '../kit/sendgrid-server.ts';
import { openShopProcesses, type ShopProcess, type ShopProcesses } from '../kit/shop-processes.ts';
import { parseExposition, type Sample } from './exposition.ts';

/** Nobody is called that, so wherever it turns up, it came from here. */
const person = {
  customerId: 'zaunkoenig-4711',
  email: 'kanarienvogel@example.com',
  phone: '+447700900777',
  givenName: 'Zilpzalp',
  familyName: 'Wiedehopf',
};
const nameOnly = { givenName: person.givenName, familyName: person.familyName };
const canaries = ['kanarienvogel', 'zilpzalp', 'wiedehopf', '7700900777', 'zaunkoenig-4711', 'zz-broken'];
const patience = 180_000;

let shop: ShopProcesses;
let sendgrid: SendgridServer;
let rude: RudeProvider;
let server: ShopProcess;
let worker: ShopProcess;
let url: string;
let shown: { server: readonly Sample[]; worker: readonly Sample[] };

/**
 * A whole life of a shop with real processes, at the most talkative level: somebody is written to, the provider refuses
 * with an answer that quotes the address, a mail bounces, somebody complains, events are refused, webhooks are forged,
 * the database refuses a value.
 */
beforeAll(async () => {
  const [serverPort, metricsPort, workerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  url = `http://127.0.0.1:${serverPort}`;
  [shop, sendgrid] = await Promise.all([
    openShopProcesses(),
    startSendgridServer({ webhook: `${url}/hooks/sendgrid` }),
  ]);
  rude = await startRudeProvider(sendgrid.url);
  const settings = {
    LOG_LEVEL: 'debug',
    SENDGRID_API_KEY: sendgrid.apiKey,
    SENDGRID_BASE_URL: rude.url,
    SENDGRID_WEBHOOK_KEY: sendgrid.webhookKey,
  };
  [server, worker] = await Promise.all([
    shop.start('server', { ...settings, PORT: String(serverPort), METRICS_PORT: String(metricsPort) }),
    shop.start('worker', { ...settings, WORKER_PORT: String(workerPort) }),
  ]);
  await live();
  shown = {
    server: parseExposition(await page(metricsPort)),
    worker: parseExposition(await page(workerPort)),
  };
}, patience);
afterAll(async () => {
  await shop?.close();
  await Promise.all([sendgrid?.close(), rude?.close()]);
}, patience);

async function live(): Promise<void> {
  const key = await createTestKey(shop.database.db);
  const events = leftCart(person);
  expect((await postEvents(url, key, events)).status).toBe(202);
  expect((await postEvents(url, key, events)).status).toBe(202);
  // Two that are refused: a field that is no address, and a type that nobody knows.
  const broken = { id: 'x-1', occurredAt: new Date().toISOString(), customerId: person.customerId };
  await postEvents(url, key, {
    ...broken,
    type: 'customer.updated',
    data: { email: 'zz-broken kanarienvogel' },
  });
  await postEvents(url, key, { ...broken, type: person.email, data: {} });
  await fetch(`${url}/nowhere/${person.email}?name=${person.givenName}`);
  await fetch(`${url}/%zz-broken-${person.email}`);
  await fetch(`${url}/hooks/sendgrid`, { method: 'POST', body: JSON.stringify([{ email: person.email }]) });
  await until(() => sendgrid.taken.length > 0);

  // Somebody whose mail the provider refuses with words that quote the address, and somebody whose mail comes back.
  rude.refuseNext(`${person.email} (${person.givenName}) is on no list`);
  await postEvents(
    url,
    key,
    leftCart({ ...nameOnly, customerId: `${person.customerId}-2`, email: `two-${person.email}` }),
  );
  await until(() => rude.refused > 0);
  sendgrid.setFate(`bounce-${person.email}`, 'bounced');
  await postEvents(
    url,
    key,
    leftCart({ ...nameOnly, customerId: `${person.customerId}-3`, email: `bounce-${person.email}` }),
  );
  await until(() => sendgrid.taken.length > 1);
  await sendgrid.calledBack();
  await breakRun();
  await sleep(2_000);
}

/** A run that nobody can carry on, so that the SDK has something to complain about, with the name of a person in it. */
async function breakRun(): Promise<void> {
  const connection = await Connection.connect({ address: shop.environment['TEMPORAL_ADDRESS'] ?? '' });
  const namespace = shop.environment['TEMPORAL_NAMESPACE'] ?? '';
  const client = new Client({ connection, namespace });
  await client.workflow.start('abandoned-cart@1', {
    taskQueue: 'journeys',
    workflowId: 'broken',
    args: [
      {
        enrolment: `not-a-uuid-${person.email}`,
        customer: person.email,
        fact: { cycle: person.email },
        dueAt: 0,
      },
    ],
  });
  await sleep(3_000);
  await client.workflow.getHandle('broken').terminate('enough');
  await connection.close();
}

describe('the log of a whole live run at level debug', () => {
  it('says nothing of a person: no address, no number, no name, no id of the shop', () => {
    const log = `${server.log()}\n${worker.log()}`;
    // What is only wrapped is not hidden.
    const wrapped = [...log.matchAll(/[\w+/]{16,}={0,2}/g)].map(([code]) =>
      Buffer.from(code, 'base64').toString(),
    );
    const readable = [log, ...wrapped].join('\n').toLowerCase();
    const leaks = readable.split('\n').filter((line) => canaries.some((canary) => line.includes(canary)));
    expect(leaks).toEqual([]);
  });

  it('does speak, in lines of JSON, of what happened to them', () => {
    expect(server.entries()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ process: 'server', route: '/v1/events', status: 202 }),
      ]),
    );
    expect(server.entries()).toEqual(expect.arrayContaining([expect.objectContaining({ why: 'unsigned' })]));
    expect(worker.entries().length).toBeGreaterThan(10);
    const lines = `${server.log()}${worker.log()}`.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });

  it('was about the right people: the mail had the address and the name', () => {
    expect(JSON.stringify(sendgrid.taken)).toContain(person.email);
    expect(rude.refused).toBe(1);
  });
});

describe('the metrics of that run', () => {
  const valueOf = (of: 'server' | 'worker', name: string, labels: Record<string, string>) =>
    shown[of].find(
      (sample) => sample.name === name && Object.entries(labels).every(([k, v]) => sample.labels[k] === v),
    )?.value;

  it('count events by type and outcome, also those that are refused', () => {
    const events = (type: string, outcome: string) =>
      valueOf('server', 'perennial_events_total', { type, outcome });
    expect(events('cart.updated', 'accepted')).toBe(3);
    expect(events('cart.updated', 'duplicate')).toBe(1);
    expect(events('customer.updated', 'refused')).toBe(1);
    expect(events('unknown', 'refused')).toBe(1);
    expect(valueOf('server', 'perennial_intake_seconds_count', { call: 'list' })).toBe(4);
    expect(
      valueOf('server', 'perennial_http_request_seconds_count', { route: '/v1/events', status: '4xx' }),
    ).toBe(2);
  });

  it('count what providers answered, and what became of messages', () => {
    const answers = (answer: string) =>
      valueOf('worker', 'perennial_provider_request_seconds_count', { connection: 'sendgrid', answer });
    expect([answers('accepted'), answers('rejected'), answers('ambiguous')]).toEqual([2, 1, undefined]);
    const status = (wanted: string) =>
      valueOf('worker', 'perennial_deliveries_total', { origin: 'journey', status: wanted });
    expect([status('sent'), status('failed')]).toEqual([2, 1]);
  });

  it('show the shop: nothing waits, nobody knows of an unknown outcome, the journeys are there', async () => {
    expect(valueOf('worker', 'perennial_leads', {})).toBe(1);
    expect(valueOf('worker', 'perennial_outbox_rows', { state: 'waiting' })).toBe(0);
    expect(valueOf('worker', 'perennial_inbox_rows', { state: 'failing' })).toBe(0);
    expect(valueOf('worker', 'perennial_deliveries_day', { state: 'unknown' })).toBe(0);
    expect(valueOf('worker', 'perennial_deliveries_day', { state: 'accepted', channel: 'email' })).toBe(2);
    expect(valueOf('worker', 'perennial_attempts_day', { connection: 'sendgrid', state: 'rejected' })).toBe(
      1,
    );
    expect(valueOf('worker', 'perennial_enrolments_live', { journey: 'abandoned-cart' })).toBeGreaterThan(0);
  });

  it('have the labels of the catalogue, with values that are names and never people or ids', () => {
    const ofOurs = [...shown.server, ...shown.worker].filter(({ name }) => name.startsWith('perennial_'));
    expect(ofOurs.length).toBeGreaterThan(50);
    const entries: Record<string, { readonly labels: readonly string[] }> = metricCatalogue;
    for (const { name, labels } of ofOurs) {
      const { le: _bucket, ...named } = labels;
      const entry = entries[name] ?? entries[name.replace(/_(bucket|sum|count)$/, '')];
      expect([name, Object.keys(named).sort()]).toEqual([name, [...(entry?.labels ?? [])].sort()]);
      for (const value of Object.values(named)) expect(value).toMatch(/^[a-z0-9/:.*-]{0,60}$/i);
      expect(Object.values(named).join(' ')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|@|\d{5}/);
    }
  });

  it('are not shown to the public', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });
});

async function page(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toContain('version=0.0.4');
  return response.text();
}

interface RudeProvider {
  readonly url: string;
  readonly refused: number;
  /** The next mail is refused, in these words. */
  refuseNext(words: string): void;
  close(): Promise<void>;
}

/** Stands in front of SendGrid's server and refuses in words of its own. */
async function startRudeProvider(behind: string): Promise<RudeProvider> {
  let words: string | undefined;
  let refused = 0;
  const proxy: Server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      if (words !== undefined && request.url === '/v3/mail/send') {
        refused += 1;
        const message = words;
        words = undefined;
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ errors: [{ message, field: `to.${message}`, help: message }] }));
        return;
      }
      const answer = await fetch(`${behind}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
        ...(body === '' ? {} : { body }),
      });
      const id = answer.headers.get('x-message-id');
      response.writeHead(answer.status, id === null ? {} : { 'X-Message-Id': id });
      response.end(await answer.text());
    })();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get refused() {
      return refused;
    },
    refuseNext: (next) => (words = next),
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`it did not happen in time:\n${worker.log().slice(-3000)}`);
    await sleep(100);
  }
}
