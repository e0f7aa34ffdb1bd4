import type { AttemptRow } from './load-ledger-rows.ts';

/** Why a message that had crossed the point of no return was held back before any request was made. */
export type HeldBack = (typeof heldBack)[number];

const heldBack = ['permit-over', 'lease-over'] as const;

/** The engine itself put the attempt off: its provider was not asked, so it says nothing about how busy that one is. */
export function neverLeft({ code }: Pick<AttemptRow, 'code'>): boolean {
  return heldBack.some((reason) => reason === code);
}
