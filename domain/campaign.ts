import type { Duration } from './duration.ts';
import type { HolidayName, Market } from './holiday.ts';
import { toIso, type Instant } from './instant.ts';
import type { Segment } from './segment.ts';

/** A stretch of time before or after: `'-48 hours'`, `'+1 day'`. Reckoned on the wall clock, so two days before ten is ten. */
export type Offset = `${'-' | '+'}${Duration}`;

/**
 * When a campaign is sent: on a holiday, or on a date, at a local time.
 *
 * `in: 'recipient'` (the default) means that time on each recipient's own clock; a zone means one instant for all.
 */
export type CampaignTime = CampaignDay & {
  /** Local time, `HH:MM`. */
  readonly at: string;
  readonly in?: 'recipient' | (string & {});
};

export type CampaignDay =
  | {
      readonly holiday: HolidayName;
      /** Whose holiday, where countries keep it on different days (Mother's Day). Default: where it comes from. */
      readonly market?: Market;
      /** Before or after `at` on the holiday. */
      readonly offset?: Offset;
    }
  /** One day, `YYYY-MM-DD`; it does not come again. */
  | { readonly date: string };

/** What is known when a campaign's input is made: which day it is this time. */
export interface OccasionFact {
  /** The local day on which the messages are due, `YYYY-MM-DD`. */
  readonly day: string;
  /** The holiday's own day; without a holiday the same as `day`. */
  readonly holiday: string;
}

/** One version of the message, to those whom a hash of campaign and customer gives it. */
export interface CampaignVariant {
  /** Its weight beside the others: 1 and 1 is half and half. */
  readonly share: number;
  /** Default: the campaign's. */
  readonly message?: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

/**
 * A message to many, once: who, what and when. Plain data and pure functions. `workflows/campaign.ts` has `defineCampaign`,
 * which checks message and input against the shop's messages.
 */
export interface CampaignDefinition {
  /** Permanent, and apart from the names of journeys: reports, pauses and the holdout go by it. */
  readonly name: string;
  readonly audience: Segment;
  readonly message: string;
  readonly input: (occasion: OccasionFact) => unknown;
  readonly when: CampaignTime;
  readonly variants?: Readonly<Record<string, CampaignVariant>>;
  /** The share that gets nothing, between 0 and 0.5, so that the campaign's effect can be told. Default 0. */
  readonly holdout?: number;
  /**
   * Who ordered since the launch is left out, also when the order comes seconds before the message.
   * `true`: since this campaign's own launch; a name: since the launch of that campaign, for the later parts of a series.
   */
  readonly excludeBuyersSinceLaunch?: boolean | string;
  /** Business customers are left out unless this is true and the audience has them. */
  readonly includesBusiness?: boolean;
}

/** What the dispatcher of one occurrence is started with. */
export interface CampaignRunInput {
  readonly campaign: string;
  /** The instant at which the occasion was to open; a Schedule tells it in its own way. */
  readonly scheduledAt?: Instant;
  /** The occurrence when there is one already: a test send, or a dispatcher that continued as new. */
  readonly occurrence?: string;
  /** Recipients whose instant is not later than this have been taken. Handed on when the dispatcher continues as new. */
  readonly takenUpTo?: Instant;
  /** Scenario time minus engine time in milliseconds: zero in production, constant in a world. */
  readonly clockOffset?: number;
  /** A run of more events than this hands over to a new one. Default 4,000; a test need not wait for so many. */
  readonly enoughEvents?: number;
}

/**
 * The Temporal workflow id of an occurrence's dispatcher. A Schedule makes the same one, since it adds the scheduled
 * instant to the id that it was given; so a launch by hand and one by the Schedule are one.
 */
export function campaignRunIdOf(campaign: string, scheduledAt: Instant): string {
  return `${campaignScheduleIdOf(campaign)}-${toIso(scheduledAt)}`;
}

/** The id of a campaign's Schedule, with which the ids of its dispatchers begin. */
export function campaignScheduleIdOf(campaign: string): string {
  return `${scheduleIdPrefix}${campaign}`;
}

/** Whose Schedule it would be; undefined for an id that `campaignScheduleIdOf` never gives. */
export function campaignOfScheduleId(scheduleId: string): string | undefined {
  const name = scheduleId.startsWith(scheduleIdPrefix) ? scheduleId.slice(scheduleIdPrefix.length) : '';
  return name === '' ? undefined : name;
}

const scheduleIdPrefix = 'campaign/';

/** Told to a dispatcher when somebody has paused, resumed or cancelled its campaign, so that it looks at once. */
export const campaignChangedSignal = 'changed';
export const campaignWorkflowType = 'campaign';
/** Campaigns have a queue and workers of their own, so that they never delay a journey's message. */
export const campaignsTaskQueue = 'campaigns';
