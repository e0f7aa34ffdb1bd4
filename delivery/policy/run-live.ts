import { pass, skip, type RequestGate } from './gate.ts';

/** A sealed or closed enrolment sends nothing, whatever its run is doing: bought means quiet. */
export const runLive: RequestGate = {
  name: 'run-live',
  judge({ facts: { origin } }) {
    if (origin.kind === 'campaign') return pass({ origin: 'campaign' });
    const saw = { enrolment: origin.state, endedBy: origin.endedBy };
    return origin.state === 'open' ? pass(saw) : skip('journey-ended', saw);
  },
};
