/** An amount in the minor unit of its currency (cents, pence; whole won) and the ISO 4217 code. Currencies are never summed. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Of two columns that hold something together or not at all. */
export function moneyOrNull(amount: number | null, currency: string | null): Money | null {
  return amount === null || currency === null ? null : { amount, currency };
}
