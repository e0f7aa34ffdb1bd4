/** An amount in the minor unit of its currency (cents, pence; whole won) and the ISO 4217 code. Currencies are never summed. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}
