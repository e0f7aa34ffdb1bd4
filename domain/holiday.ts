/**
 * The days that a campaign can be named after, by their permanent names. On which date each falls is the calendar's matter
 * (`domain/calendar/`); this list is plain, so that a story or a campaign may import it.
 */
export const holidayNames = [
  'new-year',
  'seollal',
  'valentines-day',
  'white-day',
  'carnaval',
  'easter',
  'childrens-day',
  'parents-day',
  'mothers-day',
  'dia-dos-namorados',
  'fathers-day',
  'independence-day',
  'chuseok',
  'dia-das-criancas',
  'halloween',
  'singles-day',
  'thanksgiving',
  'black-friday',
  'cyber-monday',
  'christmas',
  'new-years-eve',
] as const;

export type HolidayName = (typeof holidayNames)[number];

/** Countries of which the calendar knows the days off and the retail days. */
export const markets = ['KR', 'US', 'BR', 'GB'] as const;

export type Market = (typeof markets)[number];
