import { parseDuration, type Duration } from '../../domain/duration.ts';
import { toIso } from '../../domain/instant.ts';
import { defer, isMarketing, notMarketing, pass, type TimingGate } from './gate.ts';

/** How long there is no marketing after a complaint was closed (journeys reference, J11). */
const quietAfterwards: Duration = '7 days';

/**
 * Nobody is advertised to while a complaint of theirs is open, nor shortly after. Nobody knows when an open one will be
 * closed; closed at this very moment, it would be quiet for the days after that, so nothing is asked again before.
 */
export const complaintOpen: TimingGate = {
  name: 'complaint-open',
  judge(sendCase, _channel, at) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const { complaint } = sendCase.facts;
    if (complaint === null) return pass({ complaint: 'none' });
    const { closedAt } = complaint;
    const saw = { complaint: closedAt === null ? 'open' : `closed ${toIso(closedAt)}` };
    const until = (closedAt ?? sendCase.now) + parseDuration(quietAfterwards);
    return at >= until ? pass(saw) : defer(until, 'complaint-open', saw);
  },
};
