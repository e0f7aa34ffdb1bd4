import type { Outgoing } from '../channel.ts';

/** Twilio's own limit and default: ten hours in its queue. */
const longest = 36_000;
/** A message may leave Twilio's queue at the last second and still has to reach the phone. */
const margin = 60;
const shortest = 60;

/**
 * How long Twilio may keep a message in its queue, in whole seconds, so that it never reaches the phone after
 * `validUntil`; `undefined` when there is too little time left to hand it over at all (R-TW-2).
 */
export function validitySecondsOf({
  at,
  validUntil,
}: Pick<Outgoing, 'at' | 'validUntil'>): number | undefined {
  const seconds = Math.min(longest, Math.floor((validUntil - at) / 1000) - margin);
  return seconds < shortest ? undefined : seconds;
}
