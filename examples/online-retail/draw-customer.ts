import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Random } from './random.ts';
import { tell } from './tell.ts';

interface Place {
  readonly code: string;
  readonly zone: string;
  /** How a phone number begins there; four digits of the customer number follow. */
  readonly dial: string;
}

/** Numbers from ranges that are kept for stories, or that belong to nobody we know of. */
const britain: Place = { code: 'GB', zone: 'Europe/London', dial: '+4477009' };
const korea: Place = { code: 'KR', zone: 'Asia/Seoul', dial: '+821055500' };
const places: Readonly<Record<string, Place>> = {
  France: { code: 'FR', zone: 'Europe/Paris', dial: '+3363998' },
  Germany: { code: 'DE', zone: 'Europe/Berlin', dial: '+4915290' },
  Netherlands: { code: 'NL', zone: 'Europe/Amsterdam', dial: '+3161234' },
  Sweden: { code: 'SE', zone: 'Europe/Stockholm', dial: '+4670174' },
  Spain: { code: 'ES', zone: 'Europe/Madrid', dial: '+3460012' },
  Portugal: { code: 'PT', zone: 'Europe/Lisbon', dial: '+3519120' },
  Italy: { code: 'IT', zone: 'Europe/Rome', dial: '+3931255' },
  Belgium: { code: 'BE', zone: 'Europe/Brussels', dial: '+3247012' },
  Australia: { code: 'AU', zone: 'Australia/Sydney', dial: '+6149157' },
  EIRE: { code: 'IE', zone: 'Europe/Dublin', dial: '+3538502' },
};

/**
 * How a customer can be reached, what they agreed to and which language they read. None of it is in the data, which gives
 * a number and a country: all of it is drawn. One in eight lives in Seoul and reads Korean, so that there is a Korean side.
 */
export function drawCustomer(customer: string, country: string, at: Instant, random: Random): PerennialEvent[] {
  const isKorean = random.chance(0.125);
  const place = isKorean ? korea : (places[country] ?? britain);
  const reach = random.pick([
    ['email', 62],
    ['email and phone', 18],
    ['phone', 14],
    ['nothing', 6],
  ]);
  const profile = tell(`${customer}-profile`, 'customer.updated', at, {
    ...(reach.includes('email') ? { email: `customer-${customer}@mail.example` } : {}),
    ...(reach.includes('phone') ? { phone: phoneOf(place, customer) } : {}),
    locale: isKorean ? 'ko-KR' : 'en-GB',
    country: place.code,
    timeZone: place.zone,
  }, customer);
  const consents = (['email', 'sms'] as const)
    .filter(() => random.chance(0.85))
    .map((channel) =>
      tell(`${customer}-consent-${channel}`, 'consent.changed', at, {
        channel,
        purpose: 'marketing',
        state: 'granted',
        basis: 'checkout box',
        wording: 'v1',
      }, customer),
    );
  return [profile, ...consents];
}

function phoneOf({ dial, code }: Place, customer: string): string {
  const digits = customer.slice(-4);
  return code === 'KR' ? `${dial.slice(0, -2)}${digits}` : `${dial}0${digits}`;
}
