import { defer, pass, type TimingGate } from './gate.ts';
import type { PastSend, SendCase } from './send-facts.ts';
import { countWithin, freeFrom } from './window.ts';
import type { Allowance } from '../../domain/message.ts';

/** Some messages share an allowance on a channel, such as one text message about a cart in 48 hours, whichever it is. */
export const allowance: TimingGate = {
  name: 'allowance',
  judge(sendCase, channel, at) {
    const shared = sendCase.message.allowance;
    if (shared === undefined || shared.channel !== channel)
      return pass({ allowance: 'none on this channel' });
    const sends = sendCase.facts.sends
      .filter((send) => spends(send, shared, sendCase))
      .map((send) => send.at);
    const spent = countWithin(sends, shared, at);
    const saw = { allowance: shared.name, spent: `${spent} of ${shared.limit} in ${shared.per}` };
    const free = freeFrom(sends, shared, at);
    return free === at ? pass(saw) : defer(free, 'allowance-spent', saw);
  },
};

function spends(send: PastSend, shared: Allowance, { facts }: SendCase): boolean {
  const key = facts.addresses[shared.channel]?.key;
  const toThem = send.customer === facts.customer.id || (key !== undefined && send.addressKey === key);
  return toThem && send.allowance === shared.name && send.channel === shared.channel;
}
