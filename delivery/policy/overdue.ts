import { pass, skip, type TimingGate } from './gate.ts';
import { concerns } from './pause-scope.ts';

/** It came due while it was paused, and whoever ended the pause left out what was overdue. */
export const overdue: TimingGate = {
  name: 'overdue',
  applies: ({ facts }) => facts.lapses.length > 0,
  judge({ heldAt, facts }, channel) {
    const found = facts.lapses.find(
      (lapse) =>
        concerns(lapse, facts.origin, channel) &&
        heldAt.some((at) => lapse.pausedAt <= at && at < lapse.resumedAt),
    );
    return found === undefined
      ? pass({ overdue: false })
      : skip('left-out-after-pause', { overdue: true, scope: found.scope });
  },
};
