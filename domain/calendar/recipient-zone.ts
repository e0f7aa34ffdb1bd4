/** Where somebody is, as far as it is known. */
export interface Place {
  /** As stated by the customer or the shop; absent when it is only known from elsewhere. */
  readonly statedZone: string | null;
  readonly country: string | null;
}

/**
 * The zone of most people in countries that have several. Source: the tz database's `zone.tab`, which lists a country's
 * zones by geography and population, read with the populations of the countries' largest cities.
 */
const mainZones: Readonly<Record<string, string>> = {
  AR: 'America/Argentina/Buenos_Aires',
  AU: 'Australia/Sydney',
  BR: 'America/Sao_Paulo',
  CA: 'America/Toronto',
  CD: 'Africa/Kinshasa',
  CL: 'America/Santiago',
  CN: 'Asia/Shanghai',
  DE: 'Europe/Berlin',
  EC: 'America/Guayaquil',
  ES: 'Europe/Madrid',
  FR: 'Europe/Paris',
  GL: 'America/Nuuk',
  ID: 'Asia/Jakarta',
  KZ: 'Asia/Almaty',
  MN: 'Asia/Ulaanbaatar',
  MX: 'America/Mexico_City',
  MY: 'Asia/Kuala_Lumpur',
  NZ: 'Pacific/Auckland',
  PG: 'Pacific/Port_Moresby',
  PT: 'Europe/Lisbon',
  RU: 'Europe/Moscow',
  UA: 'Europe/Kyiv',
  US: 'America/New_York',
  UZ: 'Asia/Tashkent',
};

/**
 * On whose clock a campaign's local time is read for somebody: the stated zone; else the zone of most people in the
 * country; else the shop's own. A wrong guess is an hour or two off and no more: the gates still keep quiet hours, which
 * ask every zone that the customer may be in.
 */
export function recipientZone({ statedZone, country }: Place, home: string): string {
  const zone = statedZone ?? (country === null ? undefined : zoneOfCountry(country)) ?? home;
  return isZone(zone) ? zone : home;
}

function zoneOfCountry(country: string): string | undefined {
  const main = mainZones[country];
  if (main !== undefined) return main;
  try {
    const locale: Intl.Locale & {
      readonly timeZones?: readonly string[];
      getTimeZones?(): readonly string[] | undefined;
    } = new Intl.Locale(`und-${country}`);
    return (locale.getTimeZones?.() ?? locale.timeZones)?.[0];
  } catch {
    return undefined;
  }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
