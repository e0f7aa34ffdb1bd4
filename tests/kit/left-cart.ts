import { createApiKey } from '../../store/api-keys.ts';
import type { Database } from '../../store/database.ts';

const hourMs = 3_600_000;
const zones = [
  'Asia/Seoul',
  'Asia/Dubai',
  'Europe/London',
  'America/Sao_Paulo',
  'America/Los_Angeles',
  'Pacific/Honolulu',
  'Pacific/Auckland',
];

export interface CartOwner {
  readonly customerId: string;
  readonly email: string;
  readonly phone?: string;
  readonly givenName?: string;
  readonly familyName?: string;
}

/**
 * What a shop tells of somebody who may be written to, and who left a cart four hours ago: the first reminder is due at
 * once. They live where it is day at the moment, so that no quiet hours hold it back.
 */
export function leftCart({ customerId, ...profile }: CartOwner): readonly object[] {
  const now = Date.now();
  const about = (type: string, at: number, data: object) => ({
    id: `${type}-${customerId}`,
    type,
    occurredAt: new Date(at).toISOString(),
    customerId,
    data,
  });
  const price = { amount: 450, currency: 'GBP' };
  const before = now - 5 * hourMs;
  const { customerId: _nobody, ...product } = about('product.updated', before, {
    variant: 'tea',
    title: 'Green tea',
    price,
    stock: 20,
  });
  return [
    product,
    about('customer.updated', before, { country: 'GB', timeZone: zoneWhereItIsDay(now), ...profile }),
    about('consent.changed', before, {
      channel: 'email',
      purpose: 'marketing',
      state: 'granted',
      basis: 'a test',
    }),
    about('cart.updated', now - 4 * hourMs, {
      cartId: `cart-${customerId}`,
      items: [{ variant: 'tea', quantity: 1, price }],
    }),
  ];
}

function zoneWhereItIsDay(now: number): string {
  const hourIn = (timeZone: string) =>
    Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(now));
  const found = zones.find((timeZone) => hourIn(timeZone) >= 10 && hourIn(timeZone) < 17);
  if (found === undefined) throw new Error('it is night everywhere');
  return found;
}

/** A key with which `postEvents` may speak to a server of this database. */
export async function createTestKey(db: Database): Promise<string> {
  const { secret } = await createApiKey(db, { name: 'a test', now: Date.now() });
  return secret;
}

export function postEvents(url: string, key: string, events: unknown): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
}
