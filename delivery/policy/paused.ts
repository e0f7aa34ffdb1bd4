import { defer, pass, type TimingGate } from './gate.ts';
import { concerns } from './pause-scope.ts';

const step = 5 * 60_000;
const second = 1000;

/**
 * The operator has stopped everything, this journey or campaign, or this channel. Waiting goes in short steps, so that a resume is
 * effective soon; nobody knows how long a pause lasts, so it is taken to be over at the end of the step. The last step
 * ends just before the message stops being useful.
 */
export const paused: TimingGate = {
  name: 'paused',
  judge({ now, usefulUntil, facts }, channel, at) {
    const found = facts.pauses.find((each) => concerns(each, facts.origin, channel));
    if (found === undefined) return pass({ paused: false });
    const saw = { paused: true, scope: found.scope };
    const until = Math.min(now + step, Math.max(now + second, usefulUntil - second));
    return at >= until ? pass(saw) : defer(until, 'paused', saw);
  },
};
