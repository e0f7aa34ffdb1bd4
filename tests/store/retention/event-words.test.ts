import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { abandonedCart, mug, openShop, order, type Shop } from '../../intake/shop.ts';
import { days, pruneAll, type Pruning } from './pruning.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

const pruneLater = (after: number, more: Omit<Pruning, 'at'> = {}) =>
  pruneAll(shop.db, { at: shop.now() + after, ...more });

const cart = (cartId: string, more = {}) => shop.event('cart.updated', { cartId, items: [mug] }, more);

/** What is still known of what the shop told. */
async function words(): Promise<readonly unknown[]> {
  const rows = await shop.db.selectFrom('events').select('envelope').orderBy('id').execute();
  return rows.flatMap(({ envelope }) => envelope ?? []);
}

describe('the words of an event', () => {
  const known = () => shop.event('customer.updated', { email: 'mina@example.com', givenName: 'Mina' });

  it('go after 400 days, and the event stays', async () => {
    const event = known();
    await shop.tell(event);
    expect(await pruneLater(days(400) + 1)).toEqual({ 'event-words': 1 });
    expect(JSON.stringify(await shop.db.selectFrom('events').selectAll().execute())).not.toContain('Mina');
    expect(await shop.db.selectFrom('events').select(['id', 'type']).execute()).toEqual([
      { id: event.id, type: 'customer.updated' },
    ]);
  });

  it('do not go before, nor when the shop keeps them for longer or for good', async () => {
    await shop.tell(known());
    expect(await pruneLater(days(400))).toEqual({});
    expect(await pruneLater(days(450), { retention: { events: '500 days' } })).toEqual({});
    expect(await pruneLater(days(9000), { retention: { events: 'for good' } })).toEqual({});
    expect(await words()).toHaveLength(1);
  });

  it('go by when they came in, not by when it happened: history has just come', async () => {
    await shop.tell(
      shop.event(
        'cart.updated',
        { cartId: 'old', items: [mug] },
        { backfill: true, occurredAt: '2020-01-01T10:00:00Z' },
      ),
    );
    expect(await pruneLater(days(399))).toEqual({});
  });

  it('are counted by a dry run, and stay', async () => {
    await shop.tell(known(), known());
    expect(await pruneLater(days(401), { dryRun: true })).toEqual({ 'event-words': 2 });
    expect(await words()).toHaveLength(2);
  });

  it('go page by page, each of them once', async () => {
    for (let told = 0; told < 5; told += 1) await shop.tell(known(), known(), known());
    expect(await pruneLater(days(401), { pageSize: 4 })).toEqual({ 'event-words': 15 });
    expect(await words()).toEqual([]);
    expect(await pruneLater(days(401), { pageSize: 4 })).toEqual({});
  });

  it('are left for the next time while somebody else holds the event, and nobody waits', async () => {
    await shop.tell(known(), known());
    await shop.db.transaction().execute(async (trx) => {
      await sql`select from events where id = 'event-1' for update`.execute(trx);
      expect(await pruneLater(days(401))).toEqual({ 'event-words': 1 });
    });
    expect(await pruneLater(days(401))).toEqual({ 'event-words': 1 });
  });

  it('stay until the next time when a pass is broken off, and what went has gone', async () => {
    await shop.tell(known(), known(), known());
    const breakOff = AbortSignal.abort();
    expect(await pruneLater(days(401), { signal: breakOff })).toEqual({});
    expect(await words()).toHaveLength(3);
  });
});

describe('the promise about repeats', () => {
  it('holds after the words are gone: the same is a duplicate, another content is refused', async () => {
    const event = cart('7');
    await shop.tell(event);
    await pruneLater(days(2000));
    expect(await words()).toEqual([]);
    expect(await shop.tell(event)).toEqual([{ id: event.id, status: 'duplicate' }]);
    await expect(shop.tell({ ...event, data: { cartId: '8', items: [mug] } })).rejects.toMatchObject({
      code: 'event-conflict',
    });
  });
});

describe('the proof of a consent', () => {
  const said = (state: 'granted' | 'withdrawn', more = {}) =>
    shop.event(
      'consent.changed',
      { channel: 'email', purpose: 'marketing', state, basis: 'checkout box', wording: 'v3' },
      more,
    );

  it('stays with its words, however old it is', async () => {
    await shop.tell(said('granted'));
    expect(await pruneLater(days(9000))).toEqual({});
    expect(await words()).toMatchObject([{ data: { basis: 'checkout box', wording: 'v3' } }]);
  });

  it('stays as well when it is a merge that brought a withdrawal, and a merge that brought none does not', async () => {
    await shop.tell(said('granted', { customerId: 'c' }), said('withdrawn', { customerId: 'd' }));
    await shop.tell(cart('e', { customerId: 'e' }), cart('f', { customerId: 'f' }));
    await shop.tell(shop.event('customer.merged', { from: 'd', into: 'c' }));
    await shop.tell(shop.event('customer.merged', { from: 'f', into: 'e' }));
    await pruneLater(days(9000));
    expect(await words()).toMatchObject([
      { type: 'consent.changed' },
      { type: 'consent.changed' },
      { type: 'customer.merged', data: { from: 'd' } },
    ]);
    const now = await shop.db.selectFrom('current_consents').select('state').execute();
    expect(now).toEqual([{ state: 'withdrawn' }]);
  });
});

describe('a journey that is still running', () => {
  it('is ended by an order of the cart, although the words of its beginning are gone', async () => {
    await shop.tell(cart('7'));
    await pruneLater(days(2000));
    expect(await words()).toEqual([]);
    await shop.tell(shop.event('order.placed', order('o-1', '7')));
    expect(await shop.enrolments()).toMatchObject([{ state: 'sealed', because: 'order.placed' }]);
  });

  it('is ended by an old order of somebody whom its customer turns out to be', async () => {
    await shop.tell(cart('7', { customerId: 'c' }));
    shop.wait(60_000);
    await shop.tell(shop.event('order.placed', order('o-1'), { customerId: 'd' }));
    await pruneLater(days(2000));
    await shop.tell(shop.event('customer.merged', { from: 'd', into: 'c' }));
    expect(await shop.enrolments()).toMatchObject([{ state: 'sealed' }]);
  });

  it('is not ended by pruning, and what it still has to be told stays in the outbox', async () => {
    await shop.tell(cart('7'));
    const before = await shop.db.selectFrom('outbox').selectAll().execute();
    await pruneLater(days(2000));
    expect(await shop.enrolments()).toMatchObject([{ state: 'open' }]);
    expect(await shop.db.selectFrom('outbox').selectAll().execute()).toEqual(before);
  });

  it('routes an event again that its run missed', async () => {
    await shop.tell(cart('7'));
    const { id } = await shop.db.selectFrom('enrolments').select('id').executeTakeFirstOrThrow();
    const again = cart('7');
    await shop.tell(again);
    await pruneLater(days(2000));
    await shop.intake.reroute(id, again.id);
    expect(await shop.notes(again)).toContainEqual(
      expect.objectContaining({ journey: abandonedCart.name, effect: 'not-opened' }),
    );
  });
});

describe('somebody who is erased after their words have gone', () => {
  it('does not get any back', async () => {
    await shop.tell(cart('7'));
    await pruneLater(days(2000));
    await shop.tell(shop.event('customer.erased', {}));
    expect((await words()).map((envelope) => JSON.stringify(envelope)).join()).not.toContain('cart.updated');
  });
});

describe('a period that is none', () => {
  it('is refused before anything goes', async () => {
    await shop.tell(cart('7'));
    const retention = { decisions: '-4 hours', events: '1 day' } as const;
    await expect(pruneLater(days(2), { retention })).rejects.toMatchObject({ code: 'duration-invalid' });
    expect(await words()).toHaveLength(1);
  });
});
