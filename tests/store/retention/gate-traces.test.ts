import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignState, DeliveryState } from '../../../domain/delivery.ts';
import {
  campaignRequestOf,
  hour,
  openDeliveryShop,
  requestOf,
  tenOClock,
  type DeliveryShop,
} from '../../delivery/delivery-shop.ts';
import { days, pruneAll } from './pruning.ts';

let shop: DeliveryShop;
beforeEach(async () => {
  shop = await openDeliveryShop();
});
afterEach(() => shop.close());

const pruneLater = (after: number) => pruneAll(shop.db, { at: tenOClock + after });
const tooOld = days(1096) + hour;

const close = (enrolment: string) =>
  shop.db.updateTable('enrolments').set({ state: 'closed' }).where('id', '=', enrolment).execute();
const setState = (sendKey: string, state: DeliveryState) =>
  shop.db.updateTable('deliveries').set({ state }).where('send_key', '=', sendKey).execute();

/** A message of a journey that is over, sent. */
async function sent() {
  const enrolment = await shop.enrolment(await shop.customer());
  const request = requestOf(enrolment);
  await shop.deliver([request]);
  await close(enrolment);
  return request;
}

const traceOf = async (request: Parameters<DeliveryShop['row']>[0]) => (await shop.row(request)).trace;

describe('what the gates saw', () => {
  it('goes after three years, and the row of the ledger stays as it is', async () => {
    const request = await sent();
    const { trace, deferrals, ...before } = await shop.row(request);
    expect(trace.length + deferrals.length).toBeGreaterThan(5);
    expect(await pruneLater(tooOld)).toEqual({ 'gate-traces': 1 });
    expect(await shop.row(request)).toEqual({ ...before, trace: [], deferrals: [] });
  });

  it('does not go before', async () => {
    const request = await sent();
    expect(await pruneLater(days(1096) - hour)).toEqual({});
    expect(await traceOf(request)).not.toEqual([]);
  });

  it('takes along what a provider said about an answer that was lost, and not its code', async () => {
    const request = await sent();
    const { id } = await shop.row(request);
    const said = { detail: 'no answer for mina@example.com', code: 'lost' };
    await shop.db.updateTable('delivery_attempts').set(said).where('delivery_id', '=', id).execute();
    await pruneLater(tooOld);
    const attempts = await shop.db
      .selectFrom('delivery_attempts')
      .select(['detail', 'code', 'state'])
      .execute();
    expect(attempts).toEqual([{ detail: null, code: 'lost', state: 'accepted' }]);
  });

  it('stays while the journey is running', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    await shop.deliver([requestOf(enrolment)]);
    expect(await pruneLater(tooOld)).toEqual({});
    await close(enrolment);
    expect(await pruneLater(tooOld)).toEqual({ 'gate-traces': 1 });
  });

  it.each<DeliveryState>(['deferred', 'sending', 'unknown'])(
    'stays while the message is %s, also when the journey is over',
    async (state) => {
      const request = await sent();
      await setState(request.sendKey, state);
      expect(await pruneLater(tooOld)).toEqual({});
      await setState(request.sendKey, 'failed');
      expect(await pruneLater(tooOld)).toEqual({ 'gate-traces': 1 });
    },
  );

  it('stays while its provider is still to be asked', async () => {
    const request = await sent();
    const { id } = await shop.row(request);
    await shop.db
      .insertInto('look_ups')
      .values({ delivery_id: id, next_at: new Date(), answer: null })
      .execute();
    expect(await pruneLater(tooOld)).toEqual({});
    await shop.db.deleteFrom('look_ups').execute();
    expect(await pruneLater(tooOld)).toEqual({ 'gate-traces': 1 });
  });

  it.each<[CampaignState, 'stays' | 'goes']>([
    ['running', 'stays'],
    ['done', 'goes'],
    ['cancelled', 'goes'],
  ])('of a campaign that is %s %s', async (state, what) => {
    const occurrence = await shop.occurrence();
    const recipient = await shop.recipient(occurrence, await shop.customer());
    await shop.deliver([campaignRequestOf(recipient)]);
    await shop.db.updateTable('campaign_occurrences').set({ state }).where('id', '=', occurrence).execute();
    expect(await pruneLater(tooOld)).toEqual(what === 'goes' ? { 'gate-traces': 1 } : {});
  });
});

describe('a message whose traces are gone', () => {
  it('is not sent again under its key', async () => {
    const request = await sent();
    await pruneLater(tooOld);
    expect(await shop.deliver([request])).toMatchObject([{ status: 'sent' }]);
    expect(shop.email.heard).toHaveLength(1);
  });

  it('still counts for the frequency cap, whatever the policy says', async () => {
    const customer = await shop.customer();
    const first = await shop.enrolment(customer);
    await shop.deliver([requestOf(first)]);
    await close(first);
    await pruneAll(shop.db, { at: tenOClock + hour, retention: { decisions: '1 minute' } });
    shop.clock.time = tenOClock + hour;
    const second = requestOf(await shop.enrolment(customer));
    expect(await shop.deliver([second])).toMatchObject([{ status: 'deferred' }]);
  });
});
