import { defineMessage } from '../../domain/message.ts';
import { loadRecap, recapData, recapSample, recapSegmentBudget, seasonInput } from '../live-season.ts';

/** When the season is over: what it was like for this customer, and one fact to pass on. */
export const holidayRecap = defineMessage({
  name: 'holiday-recap',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '72 hours',
  topic: 'season',
  segmentBudget: recapSegmentBudget,
  input: seasonInput,
  data: recapData,
  load: loadRecap,
  sample: recapSample,
});
