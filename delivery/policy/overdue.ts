import type { Instant } from '../../domain/instant.ts';
import { pass, skip, type TimingGate } from './gate.ts';
import { concerns } from './pause-scope.ts';
import type { SendFacts } from './send-facts.ts';

/** It was due while it was paused, and whoever ended the pause left out what was overdue. */
export const overdue: TimingGate = {
  name: 'overdue',
  applies: ({ facts }) => facts.lapses.length > 0,
  judge({ heldAt, waitsSince, facts }, channel) {
    const found = facts.lapses.find(
      (lapse) =>
        concerns(lapse, facts.origin, channel) &&
        (heldAt.some((at) => lapse.pausedAt <= at && at < lapse.resumedAt) ||
          hasWaitedThrough(lapse, waitsSince)),
    );
    return found === undefined
      ? pass({ overdue: false })
      : skip('left-out-after-pause', { overdue: true, scope: found.scope });
  },
};

/** It was due before the pause was over, and is asked for only now. Campaigns ask also while a channel is paused. */
function hasWaitedThrough(lapse: SendFacts['lapses'][number], waitsSince: Instant | undefined): boolean {
  return lapse.scope !== 'channel' && waitsSince !== undefined && waitsSince < lapse.resumedAt;
}
