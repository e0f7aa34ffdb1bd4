import {
  everyDay,
  type DayHours,
  type HoursRule,
  type LawTable,
  type RegionLaw,
  type WeeklyHours,
} from './law-table.ts';

/**
 * The United States: the federal hours everywhere, narrower ones by state, and the narrowest of all while the state is
 * unknown, since an area code is not a place. State hours are from published tables, which disagree in places; the
 * statutes themselves were not read. Bans on legal holidays are not here.
 */

const read = '2026-11-23';
const phoneChannels = ['sms', 'whatsapp'] as const;
const stateTables = 'published state tables: dropcowboy.com/state-compliance, usestello.com/compliance';

const federal: HoursRule = {
  name: 'tcpa',
  channels: phoneChannels,
  week: everyDay('08:00', '21:00'),
  source: 'TCPA, 47 CFR 64.1200(c)(1)',
  read,
};

const stateUnknown: HoursRule = {
  name: 'us-state-unknown',
  channels: phoneChannels,
  week: week({ from: '10:00', to: '18:00' }, 'closed'),
  source: `the strictest of the ${stateTables}`,
  read,
};

const eastern = 'America/New_York';
const central = 'America/Chicago';
const mountain = 'America/Denver';
const pacific = 'America/Los_Angeles';

const eightToEight = { from: '08:00', to: '20:00' };
const nineToNine = { from: '09:00', to: '21:00' };

const states: Readonly<Record<string, RegionLaw>> = {
  AL: state([central], week(eightToEight, 'closed')),
  AK: state(['America/Anchorage', 'America/Adak']),
  AZ: state(['America/Phoenix', mountain]),
  AR: state([central]),
  CA: state([pacific], week(nineToNine)),
  CO: state([mountain]),
  CT: state([eastern], everyDay('09:00', '20:00')),
  DE: state([eastern]),
  DC: state([eastern]),
  FL: state([eastern, central], week(eightToEight)),
  GA: state([eastern]),
  HI: state(['Pacific/Honolulu']),
  ID: state([mountain, pacific]),
  IL: state([central], week(nineToNine)),
  IN: state([eastern, central]),
  IA: state([central]),
  KS: state([central, mountain]),
  KY: state([eastern, central], everyDay('10:00', '21:00')),
  LA: state([central], week(eightToEight, 'closed')),
  ME: state([eastern]),
  MD: state([eastern], week(eightToEight)),
  MA: state([eastern], week(eightToEight)),
  MI: state([eastern, central], week(nineToNine)),
  MN: state([central], week(nineToNine)),
  MS: state([central], week(eightToEight, 'closed')),
  MO: state([central]),
  MT: state([mountain]),
  NE: state([central, mountain]),
  NV: state([pacific, mountain]),
  NH: state([eastern]),
  NJ: state([eastern], week(eightToEight)),
  NM: state([mountain], week(nineToNine)),
  NY: state([eastern]),
  NC: state([eastern]),
  ND: state([central, mountain]),
  OH: state([eastern]),
  OK: state([central], week(eightToEight)),
  OR: state([pacific, mountain]),
  PA: state([eastern]),
  RI: state([eastern], {
    weekdays: { from: '09:00', to: '18:00' },
    ...weekend({ from: '10:00', to: '17:00' }),
  }),
  SC: state([eastern]),
  SD: state([central, mountain], week(nineToNine, 'closed')),
  TN: state([eastern, central]),
  TX: state([central, mountain], week(nineToNine, { from: '12:00', to: '21:00' })),
  UT: state([mountain], week({ from: '08:00', to: '21:00' }, 'closed')),
  VT: state([eastern]),
  VA: state([eastern]),
  WA: state([pacific]),
  WV: state([eastern]),
  WI: state([central]),
  WY: state([mountain]),
};

export const unitedStates: LawTable = {
  name: 'US',
  version: '2026-11-30',
  countries: ['US', 'AS', 'GU', 'MP', 'PR', 'UM', 'VI'],
  hours: [federal],
  regions: states,
  whileRegionUnknown: [stateUnknown],
  refuses: [
    {
      name: 'no-whatsapp-marketing',
      channel: 'whatsapp',
      // All of +1 but what is known to be another country's: `countryOfNumber` takes the rest for American (R-WA-2).
      source:
        'Meta: since 2025-04-01 no marketing templates to numbers of +1 with an area code of the US (Twilio error 63049; in the same words help.zoho.com, quickreply.ai)',
      read: '2026-11-30',
    },
  ],
  usualPhoneChannel: 'sms',
};

function state(zones: RegionLaw['zones'], hours?: WeeklyHours): RegionLaw {
  if (hours === undefined) return { zones, hours: [] };
  return {
    zones,
    hours: [{ name: 'us-state', channels: phoneChannels, week: hours, source: stateTables, read }],
  };
}

function week(weekdaysAndSaturday: DayHours, sunday: DayHours = weekdaysAndSaturday): WeeklyHours {
  return { weekdays: weekdaysAndSaturday, saturday: weekdaysAndSaturday, sunday };
}

function weekend(hours: DayHours): Pick<WeeklyHours, 'saturday' | 'sunday'> {
  return { saturday: hours, sunday: hours };
}
