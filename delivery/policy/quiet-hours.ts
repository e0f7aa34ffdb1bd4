import type { Instant } from '../../domain/instant.ts';
import { everyDay } from './law/law-table.ts';
import { nextOpening, startOfDayIn } from './open-hours.ts';
import { defer, isMarketing, notMarketing, pass, skip, type TimingGate } from './gate.ts';
import type { SendFacts } from './send-facts.ts';

/** Marketing arrives at a decent hour of the customer's own day, and not before the day until which they want quiet. */
export const quietHours: TimingGate = {
  name: 'quiet-hours',
  judge(sendCase, channel, at) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const { customer } = sendCase.facts;
    const hours = sendCase.policy.allowedHours[channel];
    const saw = {
      allowed: hours === undefined ? 'any hour' : `${hours.from}–${hours.to}`,
      zone: zoneWords(customer.zones),
      zoneFrom: customer.zones.from,
      ...(customer.quietUntil === null ? {} : { quietUntil: customer.quietUntil }),
    };
    const wanted = Math.max(at, quietUntil(customer));
    const open = hours === undefined ? wanted : openingOf(wanted, hours, customer.zones.zones);
    if (open === undefined) return skip('quiet-hours', { ...saw, open: 'never in all zones at once' });
    return open === at ? pass(saw) : defer(open, 'quiet-hours', saw);
  },
};

function openingOf(at: Instant, { from, to }: { from: string; to: string }, zones: readonly string[]) {
  const week = everyDay(from, to);
  return nextOpening(
    at,
    zones.map((zone) => ({ zone, week })),
  )?.from;
}

function quietUntil(customer: SendFacts['customer']): Instant {
  return customer.quietUntil === null ? 0 : startOfDayIn(customer.quietUntil, customer.zones.zones);
}

function zoneWords({ zones }: SendFacts['customer']['zones']): string {
  return zones.length <= 2 ? zones.join(', ') : `${zones[0]} and ${zones.length - 1} more`;
}
