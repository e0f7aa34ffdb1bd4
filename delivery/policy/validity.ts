import { addressKindOf } from '../../domain/channel-name.ts';
import { pass, skip, type TimingGate } from './gate.ts';
import { leastTimeForPhonesMs } from './quiet-hours.ts';

/** Providers of text messages need time to deliver: what would expire on the way is not handed over any more (R-TW-2). */
export const validity: TimingGate = {
  name: 'validity',
  applies: (_, channel) => addressKindOf[channel] === 'phone',
  judge({ usefulUntil }, _, at) {
    const saw = { secondsLeft: Math.floor((usefulUntil - at) / 1000) };
    return usefulUntil - at >= leastTimeForPhonesMs ? pass(saw) : skip('no-longer-useful', saw);
  },
};
