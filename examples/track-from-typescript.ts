import { createClient } from '../client/create-client.ts';
import { readEnvironment } from '../config/environment.ts';
import { systemClock } from '../config/system-clock.ts';
import { findPlaces } from '../engine/find-places.ts';
import { createIntake } from '../intake/create-intake.ts';
import { openDatabase } from '../store/database.ts';
import * as journeyModules from '../workflows/index.ts';
import { listJourneys } from '../workflows/list-journeys.ts';

const { databaseUrl } = await findPlaces(readEnvironment());
const db = openDatabase({ url: databaseUrl, applicationName: 'my-shop' });
const journeys = listJourneys(journeyModules);
const clock = systemClock;
const intake = createIntake({ db, journeys, clock });
const client = createClient({ db, intake, journeys, clock, whereabouts: async () => undefined });

const { status } = await client.track({
  id: 'order-501-placed',
  type: 'order.placed',
  occurredAt: '2026-03-02T10:30:00Z',
  customerId: 'c-1001',
  data: {
    orderId: 'o-501',
    lines: [{ variant: '85123A', quantity: 2, price: { amount: 255, currency: 'GBP' } }],
    total: { amount: 510, currency: 'GBP' },
    cartId: 'cart-7',
  },
});
console.log(`The order is ${status}.`);

await db.destroy();
