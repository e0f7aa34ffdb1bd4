import { pass, skip, type OriginGate } from './gate.ts';
import type { JourneyOrigin } from './send-facts.ts';

/** A sealed or closed enrolment sends nothing, whatever its run is doing: bought means quiet. */
export const runLive: OriginGate<JourneyOrigin> = {
  name: 'run-live',
  judge({ state, endedBy }) {
    const saw = { enrolment: state, endedBy };
    return state === 'open' ? pass(saw) : skip('journey-ended', saw);
  },
};
