import { afterAll, beforeAll, expect, it } from 'vitest';
import { showExplanation } from '../../cli/show/explanation.ts';
import { explain } from '../../client/explain.ts';
import { listDeliveries } from '../../client/list-deliveries.ts';
import { readStatus } from '../../client/read-status.ts';
import { tenOClock } from '../delivery/delivery-shop.ts';
import { noticeOf, openInboxShop, type InboxShop } from '../dispatch/inbox/inbox-shop.ts';

const minute = 60_000;
let shop: InboxShop;

beforeAll(async () => {
  shop = await openInboxShop({ policy: { frequencyCaps: [] } });
});
afterAll(() => shop.close());

async function explained(customer: string): Promise<string> {
  const { db, clock } = shop;
  return showExplanation(
    await explain({ db, journeys: [], now: clock.now, whereabouts: async () => undefined }, customer),
  );
}

it('tells what became of each message, when, and with which code', async () => {
  const customer = await shop.named('mina', { email: 'mina@example.com' });
  const { sendId } = await shop.send(customer);
  expect(await explained('mina')).toMatch(/sent by email in en$/m);

  await shop.tell('listening-email', noticeOf({ kind: 'delivered', sendId }, { at: tenOClock + minute }));
  expect(await explained('mina')).toMatch(/sent by email in en, delivered$/m);

  await shop.tell(
    'listening-email',
    noticeOf({ kind: 'bounced', sendId, hard: false, code: '5.2.2' }, { at: tenOClock + 2 * minute }),
  );
  const told = await explained('mina');
  expect(told).toMatch(/✗.* reminder#1 +sent by email in en, bounced \(5\.2\.2\)$/m);
  expect(told).toMatch(/→ delivered 2026-11-26T10:01:00Z → bounced 2026-11-26T10:02:00Z$/m);
  expect(await listDeliveries(shop.db)).toMatchObject([{ arrival: 'bounced', arrivalCode: '5.2.2' }]);
});

it('names a receipt that fails again and again, and not one that has just come', async () => {
  await shop.db
    .insertInto('inbox')
    .values(
      [0, 7].map((attempts) => ({
        id: `twilio-sms/${attempts}`,
        connection: 'twilio-sms',
        received_at: new Date(tenOClock),
        notice: JSON.stringify(noticeOf({ kind: 'other', name: 'anything' })),
        outcome: null,
        attempts,
        last_error: attempts === 0 ? null : 'error 23514',
      })),
    )
    .execute();
  expect((await readStatus(shop.db)).inbox).toEqual({
    waiting: 2,
    oldestAt: tenOClock,
    failing: [{ receipt: 'twilio-sms/7', attempts: 7, error: 'error 23514' }],
  });
});
