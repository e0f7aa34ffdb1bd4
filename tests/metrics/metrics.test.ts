import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stoppablePermits } from '../../delivery/ledger/stoppable-permits.ts';
import type { Permits } from '../../delivery/ledger/permits.ts';
import { createPrivateServer } from '../../http/private-server.ts';
import { metricCatalogue, type MetricEntry } from '../../metrics/catalogue.ts';
import { createMetrics, type Metrics } from '../../metrics/create-metrics.ts';
import { createShopGauges } from '../../metrics/shop-gauges.ts';
import { watchDelivery, watchPermits } from '../../metrics/watch-delivery.ts';
import { checkout } from '../kit/checkout.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { parseExposition, type Sample } from './exposition.ts';

const valueOf = async (metrics: Metrics, name: string, labels: Readonly<Record<string, string>> = {}) =>
  parseExposition(await metrics.text()).find(
    (sample: Sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;

describe('the table of metrics in the guide', () => {
  const guide = readFileSync(join(checkout, 'docs/guides/run-on-a-cluster.md'), 'utf8');

  it('is the catalogue, in both directions', () => {
    const [, table = ''] = /<!-- metrics -->\n([\s\S]*)\n<!-- \/metrics -->/.exec(guide) ?? [];
    const rows = Object.entries<MetricEntry>(metricCatalogue).map(
      ([name, { kind, of, labels, help }]) =>
        `| \`${name}\` | ${kind} | ${of} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    );
    expect(table.split('\n').slice(2)).toEqual(rows);
  });

  it('has every metric that an alarm of the guide names', () => {
    const named = [...guide.matchAll(/perennial_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    );
    expect(named.filter((name) => !(name in metricCatalogue))).toEqual([]);
  });
});

describe('the gauges of the shop', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  const watch = (leads: () => boolean) => {
    const metrics = createMetrics();
    metrics.addSource(createShopGauges({ db: database.db, clock: { now: Date.now }, leads }));
    return metrics;
  };

  it('are shown by the worker that leads, and by no other', async () => {
    let leads = false;
    const metrics = watch(() => leads);
    expect(await valueOf(metrics, 'perennial_outbox_rows', { state: 'waiting' })).toBeUndefined();
    leads = true;
    expect(await valueOf(metrics, 'perennial_outbox_rows', { state: 'waiting' })).toBe(0);
    leads = false;
    expect(await valueOf(metrics, 'perennial_outbox_rows', { state: 'waiting' })).toBeUndefined();
  });

  it('tell that nothing is unknown, so that an alarm has something to look at', async () => {
    expect(
      await valueOf(
        watch(() => true),
        'perennial_deliveries_day',
        { state: 'unknown' },
      ),
    ).toBe(0);
  });

  it('show a pause, and no longer once it is over', async () => {
    const pauses = { scope: 'journey', name: 'abandoned-cart' } as const;
    await database.db
      .insertInto('pauses')
      .values({ ...pauses, paused_at: new Date(), reason: null })
      .execute();
    expect(
      await valueOf(
        watch(() => true),
        'perennial_paused',
        pauses,
      ),
    ).toBe(1);
    await database.db.deleteFrom('pauses').execute();
    expect(
      await valueOf(
        watch(() => true),
        'perennial_paused',
        pauses,
      ),
    ).toBeUndefined();
  });

  it('are left out when the database fails, and the rest is shown', async () => {
    const metrics = createMetrics();
    metrics.addSource(() => Promise.reject(new Error('away')));
    metrics.addSource(() => [{ name: 'perennial_leads', labels: {}, value: 1 }]);
    expect(await valueOf(metrics, 'perennial_leads')).toBe(1);
  });
});

const unlimited = { limits: () => true, noteCrossing: () => undefined };

describe('what watches the delivery path', () => {
  const request = { enrolment: 'e', sendKey: 'e/x', step: 'x#1', message: 'x', input: {}, dueAt: 0 };

  it('counts each answer by its reason, and changes nothing', async () => {
    const metrics = createMetrics();
    const outcomes = [{ status: 'skipped', reason: 'no-consent' }] as const;
    const deliver = watchDelivery(async () => [...outcomes], metrics);
    expect(await deliver([request])).toEqual(outcomes);
    const labels = { origin: 'journey', status: 'skipped', reason: 'no-consent' };
    expect(await valueOf(metrics, 'perennial_deliveries_total', labels)).toBe(1);
  });

  it('counts a failure as something that is asked again, and lets it pass', async () => {
    const metrics = createMetrics();
    const deliver = watchDelivery(() => Promise.reject(new Error('away')), metrics);
    await expect(deliver([request, request])).rejects.toThrow('away');
    expect(await valueOf(metrics, 'perennial_deliveries_total', { status: 'again' })).toBe(2);
  });

  it('times the wait for permits', async () => {
    const metrics = createMetrics();
    const permits = watchPermits({ ...unlimited, take: async () => [] }, metrics);
    await permits.take('sendgrid', 1, 'queue');
    const labels = { connection: 'sendgrid', manners: 'queue' };
    expect(await valueOf(metrics, 'perennial_permit_wait_seconds_count', labels)).toBe(1);
  });
});

describe('a list that waits for its permits while the process stops', () => {
  it('gets none at once, and none later', async () => {
    const stopping = new AbortController();
    const never = stoppablePermits(
      { ...unlimited, take: () => new Promise(() => undefined) },
      stopping.signal,
    );
    const waiting = never.take('sendgrid', 50, 'yield');
    stopping.abort();
    expect(await waiting).toEqual([]);
    expect(await never.take('sendgrid', 50, 'yield')).toEqual([]);
  });

  it('gets what it asked for as long as nobody stops it', async () => {
    const permit = { from: 0, until: 100 };
    const permits = stoppablePermits(
      { ...unlimited, take: async () => [permit] },
      new AbortController().signal,
    );
    expect(await permits.take('sendgrid', 1, 'queue')).toEqual([permit]);
  });

  it('leaves nothing behind when it has waited, with a permit or without', async () => {
    const { signal } = new AbortController();
    const take = vi.fn<Permits['take']>().mockResolvedValueOnce([]).mockRejectedValueOnce(new Error('away'));
    const permits = stoppablePermits({ ...unlimited, take }, signal);
    await permits.take('sendgrid', 1, 'queue');
    await expect(permits.take('sendgrid', 1, 'queue')).rejects.toThrow('away');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the listener for operators', () => {
  const serve = (assertReady: () => Promise<void>) => {
    const said: object[] = [];
    const app = createPrivateServer({
      assertReady,
      metrics: createMetrics(),
      log: { warn: (details) => void said.push(details) },
      patienceMs: 50,
    });
    return { said, ask: async (url: string) => (await app.inject({ url })).statusCode };
  };

  it('is alive and ready', async () => {
    const { ask } = serve(async () => {});
    expect([await ask('/healthz'), await ask('/readyz'), await ask('/metrics')]).toEqual([200, 200, 200]);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ])('is alive and not ready when what it needs %s', async (_how, assertReady) => {
    const { ask, said } = serve(assertReady);
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([200, 503]);
    expect(said).toHaveLength(1);
  });
});
