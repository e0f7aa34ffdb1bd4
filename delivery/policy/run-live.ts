import { pass, skip, type RequestGate } from './gate.ts';

/** A sealed or closed enrolment sends nothing, whatever its run is doing: bought means quiet. */
export const runLive: RequestGate = {
  name: 'run-live',
  judge({ facts: { enrolment } }) {
    const saw = { enrolment: enrolment.state, endedBy: enrolment.endedBy };
    return enrolment.state === 'open' ? pass(saw) : skip('journey-ended', saw);
  },
};
