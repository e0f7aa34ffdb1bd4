import { addressKindOf, type ChannelName } from '../../domain/channel-name.ts';
import type { Instant } from '../../domain/instant.ts';
import { decidingConsent } from './consent.ts';
import { defer, isMarketing, notMarketing, pass, skip, type TimingGate } from './gate.ts';
import { lawOf, type Law } from './law/law-of.ts';
import { everyDay, type HoursRule } from './law/law-table.ts';
import { nextOpening, startOfDayIn, type OpenHours, type Opening } from './open-hours.ts';
import type { SendCase, SendFacts } from './send-facts.ts';

/**
 * Marketing arrives at a decent hour of the customer's own day, and not before the day until which they want quiet. The
 * law of their place says which hours are decent; the shop may narrow them.
 */
export const quietHours: TimingGate = {
  name: 'quiet-hours',
  judge(sendCase, channel, at) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const { customer } = sendCase.facts;
    const allowed = allowedHours(sendCase, channel);
    const own = sendCase.policy.allowedHours[channel];
    const saw = {
      allowed: own === undefined ? 'any hour' : `${own.from}–${own.to}`,
      law: allowed.law.name,
      rules: allowed.rules.map(({ name }) => name).join(', ') || 'none',
      version: allowed.law.version,
      place: customer.place.from,
      zone: zoneWords(customer.zones),
      zoneFrom: customer.zones.from,
      ...(allowed.nightConsent ? { nightConsent: true } : {}),
      ...(customer.quietUntil === null ? {} : { quietUntil: customer.quietUntil }),
    };
    const opening = nextGoodOpening(Math.max(at, quietUntil(customer)), channel, allowed);
    if (opening === undefined) return skip('quiet-hours', { ...saw, open: 'never in all zones at once' });
    return opening.from === at ? pass(saw) : defer(opening.from, 'quiet-hours', saw);
  },
};

/** Until when a message that leaves at `at`, in allowed hours, may still arrive. Without an end, it always may. */
export function endOfAllowedHours(
  sendCase: SendCase,
  channel: ChannelName,
  at: Instant,
): Instant | undefined {
  return isMarketing(sendCase) ? openingFrom(at, allowedHours(sendCase, channel))?.to : undefined;
}

/**
 * A provider of text messages needs a minute to deliver and one to spare (R-TW-2): what cannot have both before the
 * hours end waits for the next ones.
 */
export const leastTimeForPhonesMs = 120_000;

function nextGoodOpening(at: Instant, channel: ChannelName, allowed: Allowed): Opening | undefined {
  const least = addressKindOf[channel] === 'phone' ? leastTimeForPhonesMs : 0;
  const opening = openingFrom(at, allowed);
  if (opening?.to === undefined || opening.to - opening.from >= least) return opening;
  return openingFrom(opening.to, allowed);
}

interface Allowed {
  readonly law: Law;
  readonly rules: readonly HoursRule[];
  readonly nightConsent: boolean;
  readonly hours: readonly OpenHours[];
  /** Equal for equal hours. */
  readonly key: string;
}

function allowedHours(sendCase: SendCase, channel: ChannelName): Allowed {
  const { place, zones } = sendCase.facts.customer;
  const law = lawOf(place);
  const nightConsent = hasNightConsent(sendCase, channel);
  const rules = law.hours
    .filter((rule) => rule.channels.includes(channel))
    .filter((rule) => !(nightConsent && rule.liftedByNightConsent === true && law.table !== undefined));
  const own = sendCase.policy.allowedHours[channel];
  const weeks = [
    // A clock of Seoul says nothing about somebody who need not be there.
    ...rules.map(({ week, zone }) => ({
      week,
      zones: zone === undefined || law.table === undefined ? zones.zones : [zone],
    })),
    ...(own === undefined ? [] : [{ week: everyDay(own.from, own.to), zones: zones.zones }]),
  ];
  return {
    law,
    rules,
    nightConsent,
    hours: weeks.flatMap((each) => each.zones.map((zone) => ({ zone, week: each.week }))),
    key: [law.name, ...rules.map(({ name }) => name), own && `${own.from}-${own.to}`, ...zones.zones].join(),
  };
}

/** Korea wants a consent of its own to messages at night, in the word that stands now. */
function hasNightConsent(sendCase: SendCase, channel: ChannelName): boolean {
  const word = decidingConsent(sendCase, channel);
  return word?.state === 'granted' && word.night === true;
}

const known = new Map<string, { readonly asked: Instant; readonly opening: Opening | undefined }>();
const mostKnown = 2000;

/** Remembers the last answer for each set of hours: a campaign asks the same for thousands of people in a row. */
function openingFrom(at: Instant, { key, hours }: Allowed): Opening | undefined {
  const last = known.get(key);
  if (last !== undefined && at >= last.asked && at < (last.opening?.to ?? last.asked + 1)) {
    return last.opening && { ...last.opening, from: Math.max(at, last.opening.from) };
  }
  const opening = nextOpening(at, hours);
  if (known.size >= mostKnown) known.clear();
  known.set(key, { asked: at, opening });
  return opening;
}

function quietUntil(customer: SendFacts['customer']): Instant {
  return customer.quietUntil === null ? 0 : startOfDayIn(customer.quietUntil, customer.zones.zones);
}

function zoneWords({ zones }: SendFacts['customer']['zones']): string {
  return zones.length <= 2 ? zones.join(', ') : `${zones[0]} and ${zones.length - 1} more`;
}
