import { zonesOfRegion } from './law/law-of.ts';
import type { CustomerZones } from './send-facts.ts';

/**
 * Where a customer may be. A stated zone is believed; otherwise a region or a country means all of its zones, because a phone's area
 * code or a shop's own zone says little about where somebody sleeps; without either it is the shop's home.
 */
export function customerZones(
  customer: {
    readonly timeZone: string | null;
    readonly timeZoneSource: 'stated' | 'country' | 'shop' | null;
    readonly country: string | null;
    readonly region?: string | null;
  },
  home: { readonly timeZone: string },
): CustomerZones {
  if (customer.timeZone !== null && customer.timeZoneSource === 'stated') {
    return { zones: [customer.timeZone], from: 'stated' };
  }
  const ofRegion =
    customer.country === null ? undefined : zonesOfRegion(customer.country, customer.region ?? null);
  if (ofRegion !== undefined) return { zones: ofRegion, from: 'region' };
  const [first, ...others] = customer.country === null ? [] : zonesOfCountry(customer.country);
  if (first !== undefined) return { zones: [first, ...others], from: 'country' };
  return { zones: [home.timeZone], from: 'shop' };
}

const known = new Map<string, readonly string[]>();

/** From the time zone data of ICU, which Node brings along; newer versions of Node have it as a method. */
function zonesOfCountry(country: string): readonly string[] {
  const found = known.get(country);
  if (found !== undefined) return found;
  const zones = readZones(country);
  known.set(country, zones);
  return zones;
}

function readZones(country: string): readonly string[] {
  try {
    const locale: Intl.Locale & {
      readonly timeZones?: readonly string[];
      getTimeZones?(): readonly string[] | undefined;
    } = new Intl.Locale(`und-${country}`);
    return locale.getTimeZones?.() ?? locale.timeZones ?? [];
  } catch {
    return [];
  }
}
