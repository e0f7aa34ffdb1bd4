import { everyDay, type LawTable } from './law-table.ts';

/** Known countries without a table of their own yet: our own choice of decent hours, not a law. */
export const elsewhere: LawTable = {
  name: 'elsewhere',
  version: '2026-11-23',
  countries: [],
  hours: [
    {
      name: 'decent-hours',
      channels: ['sms', 'whatsapp'],
      week: everyDay('08:00', '21:00'),
      source: 'our own choice',
      read: '2026-11-23',
    },
  ],
};
