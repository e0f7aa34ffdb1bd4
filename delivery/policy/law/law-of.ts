import type { RequiredWording } from '../../../domain/required-wording.ts';
import { brazil } from './brazil.ts';
import { elsewhere } from './elsewhere.ts';
import { korea } from './korea.ts';
import type { HoursRule, LawTable, RegionLaw } from './law-table.ts';
import { unitedStates } from './united-states.ts';

/** Every place with rules of its own. Another country is another file and a name here. */
export const lawTables: readonly LawTable[] = [korea, unitedStates, brazil];

/** Where a person is taken to be: what the shop said, else what the telephone number says, else nowhere. */
export interface Jurisdiction {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** ISO 3166-2, with or without the country: `CA`, `US-CA`. */
  readonly region: string | null;
  readonly from: 'stated' | 'number' | 'unknown';
}

/** The rules for a person at a place. */
export interface Law {
  /** Such as `US-CA`, `US-?` or `unknown`. */
  readonly name: string;
  /** Versions of the tables, such as `US 2026-11-23`. */
  readonly version: string;
  /** All of them hold at once. */
  readonly hours: readonly HoursRule[];
  /** Of the country, when it is known. */
  readonly table?: LawTable;
}

export function lawOf({ country, region }: Pick<Jurisdiction, 'country' | 'region'>): Law {
  if (country === null) return strictest;
  const table = tableOf(country);
  const version = `${table.name} ${table.version}`;
  if (table.regions === undefined) return { name: table.name, version, hours: table.hours, table };
  const code = regionCodeOf(region);
  const found = regionOf(table, code);
  const own = found === undefined ? (table.whileRegionUnknown ?? []) : found.hours;
  const name = `${table.name}-${found === undefined ? '?' : code}`;
  return { name, version, hours: [...table.hours, ...own], table };
}

/**
 * What an advertisement to a place must say. Somebody whose country nobody knows may live in any of those that come into
 * question, so what one of them asks for is said.
 *
 * @param markets countries that come into question; default all that have a rule
 */
export function wordingAt(
  { country }: Pick<Jurisdiction, 'country'>,
  markets: readonly string[] = lawTables.flatMap(({ countries }) => countries),
): RequiredWording | undefined {
  const countries = country === null ? markets : [country];
  return countries.flatMap((each) => tableOf(each).wording ?? [])[0];
}

/** The zones of a region, where the tables know it. */
export function zonesOfRegion(country: string, region: string | null): RegionLaw['zones'] | undefined {
  return regionOf(tableOf(country), regionCodeOf(region))?.zones;
}

/** The table of a country; the one of everywhere else when it has none. */
export function tableOf(country: string): LawTable {
  return lawTables.find(({ countries }) => countries.includes(country)) ?? elsewhere;
}

/** Somebody who may be anywhere is treated by the rules of everywhere at once. */
const strictest: Law = {
  name: 'unknown',
  version: [...lawTables, elsewhere].map(({ name, version }) => `${name} ${version}`).join(', '),
  hours: [...lawTables, elsewhere].flatMap((table) => [...table.hours, ...(table.whileRegionUnknown ?? [])]),
};

function regionCodeOf(region: string | null): string {
  return (region ?? '')
    .trim()
    .toUpperCase()
    .replace(/^[A-Z]{2}-/, '');
}

function regionOf({ regions }: LawTable, code: string): RegionLaw | undefined {
  return regions !== undefined && Object.hasOwn(regions, code) ? regions[code] : undefined;
}
