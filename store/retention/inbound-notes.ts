import { deleteOld } from './delete-old.ts';
import type { Prunable } from './prunable.ts';

/** Twice the 24 hours in which WhatsApp may be answered freely. */
const leastMs = 2 * 24 * 3_600_000;

/** That somebody wrote, from which number and when. Opt-outs are not in here: they are consents and suppressions. */
export const inboundNotes: Prunable = {
  what: 'inbound-notes',
  period: 'replies',
  leastMs,
  prunePage: deleteOld({ table: 'inbound', at: 'at' }),
};
