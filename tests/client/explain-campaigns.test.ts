import { afterAll, beforeAll, expect, it } from 'vitest';
import { showExplanation } from '../../cli/show/explanation.ts';
import { explain } from '../../client/explain.ts';
import {
  campaignRequestOf,
  openDeliveryShop,
  tenOClock,
  type DeliveryShop,
} from '../delivery/delivery-shop.ts';

let shop: DeliveryShop;

beforeAll(async () => {
  shop = await openDeliveryShop();
});
afterAll(() => shop.close());

const explained = (customer: string) =>
  explain(
    { db: shop.db, journeys: [], now: () => shop.clock.now(), whereabouts: async () => undefined },
    customer,
  );

it('explains what a campaign sent to a customer, and why another did not', async () => {
  const customer = await shop.customer();
  const sent = await shop.recipient(await shop.occurrence({ campaign: 'black-friday' }), customer);
  const held = await shop.occurrence({ campaign: 'last-hours' });
  const left = await shop.recipient(held, customer, { holdout: true });
  await shop.deliver([campaignRequestOf(sent), campaignRequestOf(left)]);
  const explanation = await explained(customer);
  expect(explanation.enrolments).toEqual([]);
  expect(explanation.campaigns).toMatchObject([
    { campaign: 'last-hours', dueAt: tenOClock, deliveries: [{ state: 'skipped', reason: 'holdout' }] },
    { campaign: 'black-friday', dueAt: tenOClock, deliveries: [{ state: 'accepted', channel: 'email' }] },
  ]);
  const page = showExplanation(explanation);
  expect(page).toContain('black-friday');
  expect(page).toContain('the customer is in the group that is left out to measure the campaign (holdout)');
});

it('does not list campaigns of which the customer is no recipient', async () => {
  await shop.recipient(await shop.occurrence(), await shop.customer());
  expect((await explained(await shop.customer())).campaigns).toEqual([]);
});

it('says of a message that could not be written where it failed', async () => {
  const customer = await shop.customer();
  const recipient = await shop.recipient(await shop.occurrence({ campaign: 'misspelt' }), customer);
  await shop.deliver([campaignRequestOf(recipient, { input: { says: 1 } })]);
  expect(showExplanation(await explained(customer))).toMatch(
    /fail\s+content \(email\): problem not as the message asks/,
  );
});
