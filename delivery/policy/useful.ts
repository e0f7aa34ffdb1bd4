import { toIso } from '../../domain/instant.ts';
import { pass, skip, type RequestGate } from './gate.ts';

/** A reminder of yesterday's cart is worse than none. The last useful instant is still useful. */
export const useful: RequestGate = {
  name: 'useful',
  judge({ now, usefulUntil }) {
    const saw = { usefulUntil: toIso(usefulUntil) };
    return now <= usefulUntil ? pass(saw) : skip('no-longer-useful', saw);
  },
};
