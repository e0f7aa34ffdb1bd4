/** The messages about what a customer will have used up, in the order in which they are sent. */
export const supplyMessages = [
  'replenishment-reminder',
  'replenishment-last',
  'replenishment-subscription',
] as const;

export type SupplyMessage = (typeof supplyMessages)[number];
