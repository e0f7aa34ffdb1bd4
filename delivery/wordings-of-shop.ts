import type { Finding } from '../domain/finding.ts';
import type { RequiredWording } from '../domain/required-wording.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import { lawTables, tableOf } from './policy/law/law-of.ts';
import type { WordingToAdd } from './rendering/required-wording.ts';

/** Every rule about words that any law has. */
export const wordingRules: readonly RequiredWording[] = lawTables.flatMap(({ wording }) => wording ?? []);

/** What the laws of a shop's markets add to its marketing. */
export function wordingsOf(shop: ShopConfig): readonly WordingToAdd[] {
  const rules = rulesOfMarkets(shop);
  const freeNumber = shop.senders.sms?.refusal080;
  return rules.map((rule) => ({ rule, ...(freeNumber === undefined ? {} : { freeNumber }) }));
}

/** What the law of a country adds to the shop's marketing there. */
export function wordingFor(shop: ShopConfig, country: string): WordingToAdd | undefined {
  return wordingsOf({ ...shop, markets: [country] })[0];
}

/** What the laws of its markets want to know of the shop and `perennial.config.ts` does not say. */
export function checkShop(shop: ShopConfig): readonly Finding[] {
  return rulesOfMarkets(shop).flatMap((rule) => {
    const found: string[] = [];
    if (shop.brand.phone === undefined) {
      found.push(
        `Advertisements must name a telephone number of the sender (${rule.source}). Set brand.phone.`,
      );
    }
    const { sms } = shop.senders;
    if (sms !== undefined && sms.refusal080 === undefined && sms.refusalByLink !== true) {
      found.push(
        `Refusing an advertisement must be free of charge (${rule.source}). Set senders.sms.refusal080 to such a number, or senders.sms.refusalByLink when the link in the message costs nothing.`,
      );
    }
    return found.map((sentence) => ({ ...place, rule: 'required-wording', sentence }));
  });
}

const place = { file: 'perennial.config.ts', line: 1, column: 1 };

function rulesOfMarkets(shop: ShopConfig): readonly RequiredWording[] {
  const markets = shop.markets ?? [shop.home.country];
  const tables = new Set(markets.map(tableOf));
  return [...tables].flatMap(({ wording }) => wording ?? []);
}
