import { question } from '../journey.ts';

/** When the season's recap and offer are due, where the customer lives. */
export const seasonInstants = (season: string) => question('season.instants', { season });

/** How often they have ordered since the season was over. */
export const isRegular = (overAt: number) => question('customer.orders', { since: overAt });

const dayMs = 86_400_000;

export function daysAfter({ at }: { readonly at: number }, days: number): number {
  return at + days * dayMs;
}
