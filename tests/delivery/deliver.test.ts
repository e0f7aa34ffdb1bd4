import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { accepted, ambiguous, rejected, throttled } from '../../delivery/channels/channel.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { turnstile } from '../kit/turnstile.ts';
import {
  listeningChannel,
  openDeliveryShop,
  requestOf,
  sealEnrolment,
  tenOClock,
  hour,
  type DeliveryShop,
} from './delivery-shop.ts';

let shop: DeliveryShop;

beforeAll(async () => {
  shop = await openDeliveryShop();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.clock.time = tenOClock;
  shop.email.heard.length = 0;
  shop.sms.heard.length = 0;
});

describe('one message', () => {
  it('goes to the first channel by which the customer may be reached', async () => {
    const customer = await shop.customer({ phone: '+447700900123' });
    const request = requestOf(await shop.enrolment(customer));
    const [outcome] = await shop.deliver([request]);
    const row = await shop.row(request);
    expect(outcome).toEqual({ status: 'sent', channel: 'email', delivery: row.id });
    expect(row).toMatchObject({ state: 'accepted', channel: 'email', connection: 'listening-email' });
    expect(shop.email.heard).toHaveLength(1);
    expect(shop.sms.heard).toHaveLength(0);
  });

  it('is not sent again when it is asked for again', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const first = await shop.deliver([request]);
    const second = await shop.deliver([request, request]);
    expect(second).toEqual([...first, ...first]);
    expect(shop.email.heard).toHaveLength(1);
  });

  it('is not sent once the enrolment is sealed, and says why', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    await sealEnrolment(shop.db, enrolment);
    const request = requestOf(enrolment);
    expect(await shop.deliver([request])).toEqual([{ status: 'skipped', reason: 'journey-ended' }]);
    const row = await shop.row(request);
    expect(row.trace).toContainEqual({
      gate: 'run-live',
      verdict: 'skip',
      reason: 'journey-ended',
      saw: { enrolment: 'sealed', endedBy: 'order.placed' },
    });
    expect(shop.email.heard).toHaveLength(0);
  });

  it('is skipped when there is nothing left to say', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()), { say: '' });
    expect(await shop.deliver([request])).toEqual([{ status: 'skipped', reason: 'nothing-to-say' }]);
  });

  it('waits in the ledger, and leaves when its time has come', async () => {
    const customer = await shop.customer({ email: null, phone: '+447700900124', timeZone: 'Asia/Seoul' });
    shop.clock.time = Date.parse('2026-11-26T12:00:00Z');
    const request = requestOf(await shop.enrolment(customer), { dueAt: shop.clock.time });
    const until = Date.parse('2026-11-27T01:00:00Z');
    expect(await shop.deliver([request])).toEqual([{ status: 'deferred', until, reason: 'quiet-hours' }]);
    expect(await shop.row(request)).toMatchObject({ state: 'deferred', deferred_until: until });
    shop.clock.time = until;
    expect(await shop.deliver([request])).toMatchObject([{ status: 'sent', channel: 'sms' }]);
    const row = await shop.row(request);
    expect(row.deferrals).toEqual([{ at: Date.parse('2026-11-26T12:00:00Z'), until, reason: 'quiet-hours' }]);
  });

  it('fails visibly when its message does not exist or its input does not fit', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    const unknown = requestOf(enrolment, { message: 'no-such-message' });
    const misfit = requestOf(enrolment, { step: 'reminder#2', input: { says: 1 } });
    expect(await shop.deliver([unknown, misfit])).toEqual([
      { status: 'failed', code: 'message-unknown' },
      { status: 'failed', code: 'input-invalid' },
    ]);
    expect(await shop.row(unknown)).toMatchObject({ state: 'failed', reason: 'message-unknown' });
    const { trace } = await shop.row(misfit);
    expect(trace.filter(({ gate }) => gate === 'content')).toEqual([
      {
        gate: 'content',
        channel: 'email',
        verdict: 'fail',
        code: 'input-invalid',
        saw: { problem: expect.stringContaining('not as the message asks') },
      },
    ]);
    expect((await shop.row(unknown)).trace.at(-1)).toEqual({
      gate: 'message',
      verdict: 'fail',
      code: 'message-unknown',
      saw: { problem: 'there is no such message' },
    });
  });

  it('notes the kind of problem when its words cannot be made, and no gate that passed them', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const wordless = shop.anotherDeliver({ renderer: createRenderer({ templates: {} }) });
    expect(await wordless([request])).toEqual([{ status: 'failed', code: 'rendering-failed' }]);
    const failed = await shop.row(request);
    expect(failed.trace.filter(({ gate }) => gate === 'content')).toHaveLength(1);
    expect(failed.trace.at(-1)).toMatchObject({ gate: 'content', verdict: 'fail', code: 'rendering-failed' });
    const sent = requestOf(await shop.enrolment(await shop.customer()));
    await shop.deliver([sent]);
    expect((await shop.row(sent)).trace.at(-1)).toMatchObject({ gate: 'content', verdict: 'pass' });
  });
});

describe('a list', () => {
  it('is answered in its order, each request for itself', async () => {
    const [live, sealed, silent] = await Promise.all(
      [1, 2, 3].map(async () => shop.enrolment(await shop.customer())),
    );
    await sealEnrolment(shop.db, sealed ?? '');
    const requests = [requestOf(sealed ?? ''), requestOf(live ?? ''), requestOf(silent ?? '', { say: '' })];
    expect(await shop.deliver(requests)).toMatchObject([
      { status: 'skipped', reason: 'journey-ended' },
      { status: 'sent' },
      { status: 'skipped', reason: 'nothing-to-say' },
    ]);
  });

  it('counts two messages to one customer against each other', async () => {
    const customer = await shop.customer();
    const requests = [
      requestOf(await shop.enrolment(customer)),
      requestOf(await shop.enrolment(customer, 'other')),
    ];
    const until = tenOClock + 24 * hour;
    expect(await shop.deliver(requests)).toMatchObject([
      { status: 'sent' },
      { status: 'deferred', until, reason: 'frequency-cap' },
    ]);
  });
});

describe('the provider', () => {
  it('refuses for good: the next channel is tried, and only then', async () => {
    const email = listeningChannel('email', async () => rejected('550', true));
    const customer = await shop.customer({ phone: '+447700900125' });
    const request = requestOf(await shop.enrolment(customer));
    const outcome = await shop.anotherDeliver({ channels: [email, shop.sms] })([request]);
    expect(outcome).toMatchObject([{ status: 'sent', channel: 'sms' }]);
    expect(email.heard).toHaveLength(1);
    expect(shop.sms.heard).toHaveLength(1);
  });

  it('refuses for good and there is no other channel: it has failed', async () => {
    const email = listeningChannel('email', async () => rejected('550', true));
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const deliver = shop.anotherDeliver({ channels: [email, shop.sms] });
    expect(await deliver([request])).toEqual([{ status: 'failed', code: 'rejected-by-provider' }]);
    expect(await shop.row(request)).toMatchObject({ state: 'failed', reason: 'rejected-by-provider' });
  });

  it('is busy: the message waits where an exit still reaches it', async () => {
    const email = listeningChannel('email', async () => throttled(30_000, '429'));
    const enrolment = await shop.enrolment(await shop.customer());
    const request = requestOf(enrolment);
    const until = tenOClock + 30_000;
    expect(await shop.anotherDeliver({ channels: [email] })([request])).toEqual([
      { status: 'deferred', until, reason: 'provider-busy' },
    ]);
    await sealEnrolment(shop.db, enrolment);
    shop.clock.time = until;
    expect(await shop.deliver([request])).toEqual([{ status: 'skipped', reason: 'journey-ended' }]);
    expect(shop.email.heard).toHaveLength(0);
  });

  it('gives no answer: class once stays unknown and is not sent again', async () => {
    const email = listeningChannel('email', async () => ambiguous('reset after DATA'));
    const request = requestOf(await shop.enrolment(await shop.customer({ phone: '+447700900126' })));
    const deliver = shop.anotherDeliver({ channels: [email, shop.sms] });
    expect(await deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(await deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(email.heard).toHaveLength(1);
    expect(shop.sms.heard).toHaveLength(0);
  });

  it('gives no answer: class must is sent once more, and not a third time', async () => {
    const email = listeningChannel('email', async () => ambiguous('reset after DATA'));
    const request = requestOf(await shop.enrolment(await shop.customer()), { message: 'receipt' });
    const deliver = shop.anotherDeliver({ channels: [email] });
    const until = tenOClock + 15 * 60_000;
    expect(await deliver([request])).toEqual([{ status: 'deferred', until, reason: 'provider-busy' }]);
    shop.clock.time = until;
    expect(await deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(await deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(email.heard).toHaveLength(2);
  });

  it('gives no answer: class must waits for evidence, also when it is asked for again at once', async () => {
    const email = listeningChannel('email', async () => ambiguous('reset after DATA'));
    const request = requestOf(await shop.enrolment(await shop.customer()), { message: 'receipt' });
    const deliver = shop.anotherDeliver({ channels: [email] });
    const first = await deliver([request]);
    shop.clock.time += 15 * 60_000 - 1;
    expect(await deliver([request])).toEqual(first);
    expect(email.heard).toHaveLength(1);
  });

  it('gives no answer: class must stays with its channel, also when another would do by now', async () => {
    const silent = listeningChannel('email', async () => ambiguous('reset after DATA'));
    const sms = listeningChannel('sms');
    const customer = await shop.customer({ phone: '+447700900127' });
    const request = requestOf(await shop.enrolment(customer), { message: 'receipt' });
    const deliver = shop.anotherDeliver({ channels: [silent, sms] });
    expect(await deliver([request])).toMatchObject([{ status: 'deferred' }]);
    await shop.db
      .updateTable('contact_points')
      .set({ state: 'invalid' })
      .where('customer_id', '=', customer)
      .where('kind', '=', 'email')
      .execute();
    shop.clock.time += 15 * 60_000;
    expect(await deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(sms.heard).toHaveLength(0);

    const next = requestOf(await shop.enrolment(customer), { message: 'receipt' });
    expect(await deliver([next])).toMatchObject([{ status: 'sent', channel: 'sms' }]);
  });

  it('asks for an hour: it is not asked again before, and then it is', async () => {
    const email = listeningChannel('email', async () => throttled(hour, '429'));
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const deliver = shop.anotherDeliver({ channels: [email] });
    const first = await deliver([request]);
    expect(first).toEqual([{ status: 'deferred', until: tenOClock + hour, reason: 'provider-busy' }]);
    expect(await deliver([request])).toEqual(first);
    expect(email.heard).toHaveLength(1);
    shop.clock.time += hour;
    await deliver([request]);
    expect(email.heard).toHaveLength(2);
  });

  it('is slow to say what became of earlier requests: they are asked about together, and the others leave', async () => {
    const { passed, open } = turnstile();
    let asked = 0;
    const lookUp = async () => {
      asked += 1;
      await passed;
      return accepted('found-it');
    };
    const email = { ...listeningChannel('email', async () => ambiguous('reset after DATA')), lookUp };
    const enrolments = await Promise.all([1, 2, 3].map(async () => shop.enrolment(await shop.customer())));
    const lost = enrolments.map((enrolment) => requestOf(enrolment, { message: 'receipt' }));
    await shop.anotherDeliver({ channels: [email] })(lost);
    shop.clock.time += 15 * 60_000;
    const other = requestOf(await shop.enrolment(await shop.customer()));
    const answering = { ...listeningChannel('email'), lookUp };
    const delivering = shop.anotherDeliver({ channels: [answering] })([...lost, other]);
    await vi.waitUntil(() => asked === 3 && answering.heard.length === 1, { timeout: 10_000 });
    open();
    expect(await delivering).toMatchObject(Array.from({ length: 4 }, () => ({ status: 'sent' })));
    expect(answering.heard).toHaveLength(1);
  });

  it('throws against the contract: it counts as unknown, never as not sent', async () => {
    const email = listeningChannel('email', async () => {
      throw new Error('bug');
    });
    const request = requestOf(await shop.enrolment(await shop.customer()));
    expect(await shop.anotherDeliver({ channels: [email] })([request])).toEqual([{ status: 'unknown' }]);
  });
});
