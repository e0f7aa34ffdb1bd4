import type { ChannelName } from '../../../domain/channel-name.ts';
import type { RequiredWording } from '../../../domain/required-wording.ts';

/**
 * What the law of a place says about marketing, as data: a file per country, no code. Where published tables disagree,
 * the stricter one stands here. None of it is legal advice; a shop can only narrow it (`policy.allowedHours`).
 */
export interface LawTable {
  /** Such as `KR`; with the version it is what the ledger remembers of a decision. */
  readonly name: string;
  /** The day of the last change of this file, `YYYY-MM-DD`. */
  readonly version: string;
  /** Countries by ISO 3166-1 alpha-2; none for the table of everywhere else. */
  readonly countries: readonly string[];
  /** All of them hold at once. */
  readonly hours: readonly HoursRule[];
  /** Parts of the country with rules of their own, by their ISO 3166-2 code without the country. */
  readonly regions?: Readonly<Record<string, RegionLaw>>;
  /** What holds besides while nobody knows the region. Only where there are regions. */
  readonly whileRegionUnknown?: readonly HoursRule[];
  /** Channels on which marketing to numbers of these countries is refused. */
  readonly refuses?: readonly RefusedChannel[];
  /** What every advertisement must say; absent where the templates' own words are enough. */
  readonly wording?: RequiredWording;
  /** Of the channels that need a telephone number, the one that people here expect. */
  readonly usualPhoneChannel?: 'sms' | 'whatsapp';
}

export interface RegionLaw {
  /** All zones that the region lies in. */
  readonly zones: readonly [string, ...string[]];
  readonly hours: readonly HoursRule[];
}

/** When marketing may arrive. Everything else is night. */
export interface HoursRule {
  /** Such as `tcpa`, for the trace. */
  readonly name: string;
  readonly channels: readonly ChannelName[];
  readonly week: WeeklyHours;
  /** Whose clock counts. Without it, every zone that the customer may be in. */
  readonly zone?: string;
  /** A separate consent to messages at night lifts it. */
  readonly liftedByNightConsent?: boolean;
  readonly source: string;
  /** The day on which the source was read, `YYYY-MM-DD`. */
  readonly read: string;
}

export interface RefusedChannel {
  readonly name: string;
  readonly channel: ChannelName;
  readonly source: string;
  readonly read: string;
}

export interface WeeklyHours {
  readonly weekdays: DayHours;
  readonly saturday: DayHours;
  readonly sunday: DayHours;
}

/** Local hours of a day. */
export type DayHours = Hours | 'closed';

/** `HH:MM`. `to` is not included; `from` later than `to` spans midnight; equal means any hour. */
export interface Hours {
  readonly from: string;
  readonly to: string;
}

export function everyDay(from: string, to: string): WeeklyHours {
  const hours = { from, to };
  return { weekdays: hours, saturday: hours, sunday: hours };
}
