/**
 * What became of a message after its provider took it, as far as anybody has told us. It only rises in this order, so
 * receipts may come twice and in any order: a bounce has the last word (mailboxes also refuse late), and who has the
 * message has it, even when a failure was reported before.
 */
export const arrivals = ['sent', 'failed', 'delivered', 'read', 'bounced'] as const;
export type Arrival = (typeof arrivals)[number];

/** The later one in the order of `arrivals`. */
export function laterArrival(one: Arrival | null, other: Arrival | null): Arrival | null {
  return rankOf(other) > rankOf(one) ? other : one;
}

function rankOf(arrival: Arrival | null): number {
  return arrival === null ? -1 : arrivals.indexOf(arrival);
}

/** Nothing more is to be told of it, but that it was read, or came back late. */
export function isTold(arrival: Arrival | null): boolean {
  return arrival !== null && arrival !== 'sent';
}
