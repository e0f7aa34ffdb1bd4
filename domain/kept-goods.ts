import type { LiveGood } from './message.ts';

/** A line of an order with what became of its units. */
type Units = Pick<LiveGood, 'gift' | 'quantity' | 'refunded' | 'delivered' | 'returned'>;

/** Units that the customer has kept: what was returned is usually refunded as well, and counts once. */
export function keptUnits({ quantity, refunded, returned }: Omit<Units, 'gift' | 'delivered'>): number {
  return Math.max(0, quantity - Math.max(refunded, returned));
}

/**
 * The lines that the customer can judge: kept, and no gift, since somebody else has that. Where some of the order has been
 * delivered, only what has; a shop that tells of no deliveries means all of it.
 */
export function reviewableLines<Line extends Units>(lines: readonly Line[]): Line[] {
  const someDelivered = lines.some(({ delivered }) => delivered > 0);
  return lines.filter(
    (line) => !line.gift && keptUnits(line) > 0 && (!someDelivered || line.delivered > line.returned),
  );
}
