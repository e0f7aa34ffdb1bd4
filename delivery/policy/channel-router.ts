import type { ChannelName } from '../../domain/channel-name.ts';
import type { SkipReason } from '../../domain/delivery.ts';
import { traceOf, type ChannelGate, type Judged } from './gate.ts';
import { tableOf } from './law/law-of.ts';
import type { SendCase } from './send-facts.ts';

/**
 * By which road a message goes.
 *
 * A message states its channels in order. The customer's favourite goes first when the message has it, and of text message
 * and WhatsApp the one that people in the customer's country expect goes before the other. The first channel that passes
 * every gate is used: there is a working address and a connection, the person consented, nobody is suppressed, the law and
 * the channel's own rules allow it, and WhatsApp has an approved template or an open window.
 *
 * One channel per message. Another is tried only when nothing of it can have arrived: a provider has proven that it did not
 * accept it (`refused`), or no request was made. Of one that may have arrived the case names no other channel
 * (`ledger/verdict-row.ts`), so falling back never doubles.
 */
export type Road = { readonly trace: readonly Judged[] } & (
  | { readonly channel: ChannelName }
  /** Of the channel that came furthest. */
  | { readonly channel?: undefined; readonly reason: SkipReason }
);

export function chooseChannel(sendCase: SendCase, gates: readonly ChannelGate[]): Road {
  const trace: Judged[] = [];
  let furthest = { gate: -1, reason: 'unreachable' as SkipReason };
  for (const channel of channelsInOrder(sendCase)) {
    const asked = gates.filter(({ applies }) => applies === undefined || applies(sendCase, channel));
    const findings = asked.map((gate) => traceOf(gate.name, gate.judge(sendCase, channel), channel));
    trace.push(...findings);
    const stopped = findings.findIndex((finding) => finding.verdict !== 'pass');
    const stop = findings[stopped];
    if (stop === undefined) return { trace, channel };
    if (stop.verdict === 'skip' && stopped > furthest.gate) furthest = { gate: stopped, reason: stop.reason };
  }
  return { trace, reason: furthest.reason };
}

function channelsInOrder({ message, facts }: SendCase): readonly ChannelName[] {
  const preferred = facts.customer.preferredChannel;
  const usual = usualFirst(message.channels, facts.customer.place.country);
  return [...usual].sort((one, other) => Number(other === preferred) - Number(one === preferred));
}

/** The message's order; where it names both text message and WhatsApp, their two places are kept by the country's custom. */
function usualFirst(channels: readonly ChannelName[], country: string | null): readonly ChannelName[] {
  const usual = country === null ? undefined : tableOf(country).usualPhoneChannel;
  const phones = channels.filter((channel) => channel !== 'email');
  if (usual === undefined || phones.length < 2) return channels;
  const inCustom = [...phones].sort((one, other) => Number(other === usual) - Number(one === usual));
  return channels.map((channel) => (channel === 'email' ? channel : (inCustom.shift() ?? channel)));
}
