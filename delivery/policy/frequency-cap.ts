import type { ChannelName } from '../../domain/channel-name.ts';
import type { Instant } from '../../domain/instant.ts';
import { defer, isMarketing, notMarketing, pass, type Saw, type TimingGate } from './gate.ts';
import type { SendCase } from './send-facts.ts';
import { countWithin, freeFrom, type Limit } from './window.ts';

/**
 * So many marketing messages and no more, to a person and to an address (households share a phone), whichever is fuller.
 * Messages of the same enrolment or recipient are spaced by their own story and do not count; nor does a test.
 */
export const frequencyCap: TimingGate = {
  name: 'frequency-cap',
  judge(sendCase, channel, at) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    if (sendCase.facts.customer.test) return pass({ customer: 'test' });
    const { origin } = sendCase.facts;
    if (origin.kind === 'campaign' && origin.test) return pass({ campaign: 'test' });
    const caps = capsFor(sendCase);
    const counted = [sendsToPerson(sendCase), sendsToAddress(sendCase, channel)];
    const saw = sawOf(caps, counted, at);
    const free = Math.max(at, ...caps.flatMap((cap) => counted.map((sends) => freeFrom(sends, cap, at))));
    return free === at ? pass(saw) : defer(free, 'frequency-cap', saw);
  },
};

/**
 * A campaign leaves head-room for what customers bring about themselves: of a cap of three it may fill two. A cap of one
 * has nothing to leave.
 */
function capsFor({ policy, facts }: SendCase): readonly Limit[] {
  if (facts.origin.kind === 'journey') return policy.frequencyCaps;
  const headRoom = policy.campaignHeadRoom ?? 1;
  return policy.frequencyCaps.map((cap) => ({ ...cap, limit: Math.max(1, cap.limit - headRoom) }));
}

function sendsToPerson({ facts }: SendCase): Instant[] {
  return facts.sends
    .filter((send) => send.customer === facts.customer.id)
    .filter((send) => send.purpose === 'marketing' && send.origin !== facts.origin.id)
    .map((send) => send.at);
}

function sendsToAddress({ facts }: SendCase, channel: ChannelName): Instant[] {
  const key = facts.addresses[channel]?.key;
  return facts.sends
    .filter((send) => key !== undefined && send.addressKey === key)
    .filter((send) => send.purpose === 'marketing' && send.origin !== facts.origin.id)
    .map((send) => send.at);
}

/** By window, the fuller of the two counts: `{ "24 hours": "1 of 1" }`. */
function sawOf(caps: readonly Limit[], counted: readonly Instant[][], at: Instant): Saw {
  return Object.fromEntries(
    caps.map((cap) => {
      const count = Math.max(...counted.map((sends) => countWithin(sends, cap, at)));
      return [cap.per, `${count} of ${cap.limit}`];
    }),
  );
}
