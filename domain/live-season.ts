import type { Instant } from './instant.ts';

/** Whose season a message looks back on. */
export interface SeasonWanted {
  /** Our id of the customer's first order of the season. */
  readonly order: string;
  /** Such as `christmas-2026-12-25`. */
  readonly season: string;
  readonly now: Instant;
}

/** A season as one customer had it. No gifts, nothing age-restricted or sensitive. */
export interface LiveSeason {
  /** They have ordered again since the holiday's season was over. */
  readonly orderedSince: boolean;
  /** What they have bought most often in the last year. */
  readonly favourites: readonly LivePick[];
  /** What most people bought in the season. */
  readonly popular: readonly LivePick[];
  /** What grew most, of what they bought. */
  readonly trend?: SeasonTrend;
  /** Something they had a part in, and that anybody may know. */
  readonly fact?: SeasonFact;
}

export interface LivePick {
  readonly variant: string;
  readonly title: string;
  readonly image?: string;
  readonly url?: string;
}

export interface SeasonTrend {
  /** As the shop names it. */
  readonly category: string;
  /** How many times as many people bought of it as in the weeks before, in tenths: 24 for 2.4 times. */
  readonly tenths: number;
}

/** How many people chose a product in a season. Says nothing about any one of them. */
export interface SeasonFact extends LivePick {
  readonly people: number;
  /** 1 for what most people chose. */
  readonly place: number;
}

/** What a share link is about. */
export interface SharedProduct {
  readonly season: string;
  readonly variant: string;
}
