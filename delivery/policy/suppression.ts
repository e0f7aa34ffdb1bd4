import type { ChannelName } from '../../domain/channel-name.ts';
import { isMarketing, pass, skip, type ChannelGate } from './gate.ts';
import type { SendCase, SuppressionFact } from './send-facts.ts';

/** A suppressed person or address is not written to, whatever the consent. It holds for everyone who shares the address. */
export const suppression: ChannelGate = {
  name: 'suppression',
  judge(sendCase, channel) {
    const found = sendCase.facts.suppressions.find((each) => applies(each, sendCase, channel));
    if (found === undefined) return pass({ suppressed: false });
    const of = found.customer === sendCase.facts.customer.id ? 'person' : 'address';
    return skip('suppressed', { suppressed: true, of, scope: found.scope, because: found.reason });
  },
};

function applies(found: SuppressionFact, sendCase: SendCase, channel: ChannelName): boolean {
  const { customer, addresses } = sendCase.facts;
  const addressKey = addresses[channel]?.key;
  const meant =
    found.customer === customer.id || (found.addressKey !== null && found.addressKey === addressKey);
  const onThisChannel = found.channel === null || found.channel === channel;
  const forThisPurpose = found.scope === 'everything' || isMarketing(sendCase);
  return meant && onThisChannel && forThisPurpose;
}
