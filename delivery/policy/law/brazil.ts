import { everyDay, type LawTable } from './law-table.ts';

/** Brazil: no hours are set by law for text messages, and people expect WhatsApp (journeys reference 2). */
export const brazil: LawTable = {
  name: 'BR',
  version: '2026-11-23',
  countries: ['BR'],
  hours: [
    {
      name: 'decent-hours',
      channels: ['sms', 'whatsapp'],
      week: everyDay('08:00', '21:00'),
      source: 'our own choice',
      read: '2026-11-23',
    },
  ],
  usualPhoneChannel: 'whatsapp',
};
