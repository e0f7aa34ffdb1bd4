import { Temporal as TC39 } from 'temporal-polyfill';
import type { CampaignDefinition, CampaignTime, OccasionFact, Offset } from '../campaign.ts';
import { parseDuration, type Duration } from '../duration.ts';
import type { Instant } from '../instant.ts';
import { PerennialError } from '../perennial-error.ts';
import { dayOfHoliday } from './holidays.ts';
import { localInstant } from './local-instant.ts';
import { recipientZone, type Place } from './recipient-zone.ts';

/** One time that a campaign is sent: the local time at which its messages are due, on whichever clocks. */
export interface Occasion extends OccasionFact {
  /** Local time, `HH:MM`. */
  readonly time: string;
  /** The zone, or `'recipient'` for each recipient's own. */
  readonly zone: string;
  /** When its dispatcher begins: a little before the first clock on earth shows the time. */
  readonly opensAt: Instant;
  /** When the last clock on earth shows it. */
  readonly lastAt: Instant;
}

/** The first and the last place where a day begins. */
const firstZone = 'Pacific/Kiritimati';
const lastZone = 'Pacific/Pago_Pago';

/** How long before the first messages the dispatcher begins, so that it has its list in time. */
export const leadMs = 15 * 60_000;

/**
 * A campaign's occasions that are not over before `from`, in order: this year's and the next two, or the one of its date.
 */
export function occasionsFrom(when: CampaignTime, from: Instant): readonly Occasion[] {
  if ('date' in when) return [occasionOn(when, when.date, { day: when.date, time: when.at })].filter(isOpen);
  const { year } = TC39.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO('UTC');
  return [year - 1, year, year + 1, year + 2]
    .flatMap((each) => dayOfHoliday(when.holiday, each, when.market) ?? [])
    .map((holiday) => occasionOn(when, holiday, shifted(holiday, when.at, when.offset)))
    .filter(isOpen);

  function isOpen({ lastAt }: Occasion): boolean {
    return lastAt >= from;
  }
}

/**
 * The campaign's next occasion that is not over at `from`.
 *
 * @throws PerennialError `campaign-not-due` when its date is over
 */
export function nextOccasion({ name, when }: CampaignDefinition, from: Instant): Occasion {
  const [occasion] = occasionsFrom(when, from);
  if (occasion !== undefined) return occasion;
  throw new PerennialError(
    'campaign-not-due',
    `The campaign "${name}" is over: its date has passed, and a date does not come again.`,
  );
}

/** The occasion for which an occurrence was begun; the nearest there is when the campaign has been moved since. */
export function occasionOf(campaign: CampaignDefinition, { scheduledAt }: { readonly scheduledAt: Instant }) {
  const [next] = occasionsFrom(campaign.when, scheduledAt);
  return next ?? nextOccasion(campaign, Number.MIN_SAFE_INTEGER);
}

/** When the people of each place are due. */
export function dueByPlace(
  occasion: Occasion,
  places: readonly (Place & { readonly key: string })[],
  home: { readonly timeZone: string },
): { readonly key: string; readonly at: Instant }[] {
  return places.map((place) => ({
    key: place.key,
    at: dueIn(occasion, recipientZone(place, home.timeZone)),
  }));
}

/** The instant at which a recipient whose clock shows `zone` is due. */
export function dueIn({ day, time, zone }: Occasion, recipientZone: string): Instant {
  return localInstant(day, time, zone === 'recipient' ? recipientZone : zone);
}

function occasionOn(
  when: CampaignTime,
  holiday: string,
  { day, time }: { readonly day: string; readonly time: string },
): Occasion {
  const zone = when.in ?? 'recipient';
  const own = zone === 'recipient' ? undefined : zone;
  return {
    holiday,
    day,
    time,
    zone,
    opensAt: localInstant(day, time, own ?? firstZone) - leadMs,
    lastAt: localInstant(day, time, own ?? lastZone),
  };
}

/** Reckoned on the wall clock: 48 hours before ten in the morning is ten in the morning, also when clocks change between. */
function shifted(day: string, time: string, offset: Offset | undefined) {
  const local = TC39.PlainDate.from(day).toPlainDateTime(TC39.PlainTime.from(time));
  const seconds = offset === undefined ? 0 : signedSeconds(offset);
  const moved = local.add({ seconds });
  return {
    day: moved.toPlainDate().toString(),
    time: moved.toPlainTime().toString({ smallestUnit: 'minute' }),
  };
}

function signedSeconds(offset: Offset): number {
  const seconds = parseDuration(offset.slice(1) as Duration) / 1000;
  return offset.startsWith('-') ? -seconds : seconds;
}
