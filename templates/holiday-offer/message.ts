import { defineMessage } from '../../domain/message.ts';
import {
  holidayOfferData,
  holidayOfferSample,
  holidayOfferSegmentBudget,
  loadHolidayOffer,
  seasonInput,
} from '../live-season.ts';

/** Six weeks into the new year: an offer to those who have not come back by themselves. */
export const holidayOffer = defineMessage({
  name: 'holiday-offer',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '72 hours',
  topic: 'season',
  segmentBudget: holidayOfferSegmentBudget,
  input: seasonInput,
  data: holidayOfferData,
  load: loadHolidayOffer,
  sample: holidayOfferSample,
});
