/**
 * Seasons in which people buy for a holiday. A season is known by its holiday's name and day, `christmas-2026-12-25`, from
 * which all of its other days follow; on which day a lunar holiday falls is the calendar's matter (`domain/calendar/`).
 */
export const seasonNames = ['christmas', 'seollal', 'chuseok'] as const;

export type SeasonName = (typeof seasonNames)[number];

/** Local days, `YYYY-MM-DD`. */
export interface SeasonDays {
  readonly name: SeasonName;
  readonly holiday: string;
  /** The first and the last day on which an order is one of the season's. */
  readonly opens: string;
  readonly closes: string;
  /** When the season is looked back on. */
  readonly recap: string;
  /** When those who have not come back since get an offer. */
  readonly offer: string;
}

/**
 * In days from the holiday (our choice, after the journeys reference, J23). Christmas lasts until the end of the year; the
 * recap comes in the first week of January and the offer in the middle of February. What Christmas counts from New Year's
 * Day, Korea counts from 설 and 추석 themselves, whose gifts are bought in the four weeks before.
 */
const offsets: Readonly<
  Record<SeasonName, Readonly<Record<'opens' | 'closes' | 'recap' | 'offer', number>>>
> = {
  christmas: { opens: -40, closes: 6, recap: 11, offer: 52 },
  seollal: { opens: -28, closes: 0, recap: 5, offer: 45 },
  chuseok: { opens: -28, closes: 0, recap: 5, offer: 45 },
};

/** @param holiday its local day, `YYYY-MM-DD` */
export function seasonIdOf(name: SeasonName, holiday: string): string {
  return `${name}-${holiday}`;
}

/** The days of a season, or `undefined` for what is no season. */
export function seasonDays(season: string): SeasonDays | undefined {
  const name = seasonNames.find((each) => season.startsWith(`${each}-`));
  const holiday = season.slice(-10);
  if (name === undefined || season !== seasonIdOf(name, holiday) || !isDay(holiday)) return undefined;
  const { opens, closes, recap, offer } = offsets[name];
  return {
    name,
    holiday,
    opens: dayAfter(holiday, opens),
    closes: dayAfter(holiday, closes),
    recap: dayAfter(holiday, recap),
    offer: dayAfter(holiday, offer),
  };
}

/** So many days after a day; before it, when they are fewer than none. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(text)) && dayAfter(text, 0) === text;
}
