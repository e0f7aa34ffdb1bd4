import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryState } from '../../domain/delivery.ts';
import { toIso } from '../../domain/instant.ts';
import { listDeliveries } from '../../client/list-deliveries.ts';
import { listUnknowns } from '../../client/list-unknowns.ts';
import type { RowToWrite } from '../../delivery/ledger/verdict-row.ts';
import { writeRows } from '../../delivery/ledger/write-rows.ts';
import { newId } from '../../store/new-id.ts';
import { openDeliveryShop, tenOClock, type DeliveryShop } from './delivery-shop.ts';

let shop: DeliveryShop;
let base: RowToWrite;

beforeAll(async () => {
  shop = await openDeliveryShop();
  const customer = await shop.customer();
  base = {
    id: newId(),
    send_key: 'replaced below',
    enrolment_id: await shop.enrolment(customer),
    recipient_id: null,
    campaign: null,
    customer_id: customer,
    journey: 'abandoned-cart',
    version: 1,
    step: 'reminder#1',
    message: 'reminder',
    purpose: 'marketing',
    class: 'once',
    state: 'sending',
    reason: null,
    channel: 'email',
    connection: 'outbox',
    address_key: null,
    allowance: null,
    locale: 'en',
    segments: null,
    cost_micros: null,
    cost_currency: null,
    due_at: toIso(tenOClock),
    useful_until: toIso(tenOClock),
    deferred_until: null,
    decided_at: toIso(tenOClock),
    sending_at: toIso(tenOClock),
    settled_at: null,
    is_test: false,
    trace: [],
    deferrals: [],
  };
});
afterAll(() => shop.close());

async function writeTwice(first: DeliveryState, second: DeliveryState, { sameId = true } = {}) {
  const send_key = newId();
  const id = newId();
  const one = await writeRows(shop.db, [{ ...base, id, send_key, state: first }]);
  const other = await writeRows(shop.db, [{ ...base, id: sameId ? id : newId(), send_key, state: second }]);
  const { state } = await shop.db
    .selectFrom('deliveries')
    .select('state')
    .where('send_key', '=', send_key)
    .executeTakeFirstOrThrow();
  return { written: [one.size, other.size], state };
}

describe('a ledger row', () => {
  it.each(['sending', 'accepted', 'skipped', 'failed', 'unknown'] as const)(
    'that is %s stays as it is',
    async (state) => {
      expect(await writeTwice(state, 'sending')).toEqual({ written: [1, 0], state });
    },
  );

  it('that waits becomes what is decided next', async () => {
    expect(await writeTwice('deferred', 'sending')).toEqual({ written: [1, 1], state: 'sending' });
  });

  it('that waits stays with who wrote it, whose attempts name it', async () => {
    const outcome = await writeTwice('deferred', 'sending', { sameId: false });
    expect(outcome).toEqual({ written: [1, 0], state: 'deferred' });
  });

  it('whose outcome is unknown is listed, and no other', async () => {
    await writeTwice('unknown', 'sending');
    const unknowns = await listUnknowns(shop.db, { since: tenOClock });
    const rows = await shop.db.selectFrom('deliveries').select('id').where('state', '=', 'unknown').execute();
    expect(unknowns.map((each) => each.delivery).sort()).toEqual(rows.map((row) => row.id).sort());
    expect(await listUnknowns(shop.db, { since: tenOClock + 1 })).toEqual([]);
  });

  it('whose outcome is unknown is never beyond the end of a list; others may be', async () => {
    for (const state of ['unknown', 'skipped'] as const) {
      const rows = Array.from({ length: 60 }, () => ({ ...base, id: newId(), send_key: newId(), state }));
      await writeRows(shop.db, rows);
    }
    expect((await listDeliveries(shop.db, { state: 'unknown' })).length).toBeGreaterThanOrEqual(60);
    expect(await listUnknowns(shop.db)).toHaveLength(
      (await listDeliveries(shop.db, { state: 'unknown' })).length,
    );
    expect(await listDeliveries(shop.db, { state: 'unknown', limit: 2 })).toHaveLength(2);
    expect(await listDeliveries(shop.db, { state: 'skipped' })).toHaveLength(50);
  });
});
