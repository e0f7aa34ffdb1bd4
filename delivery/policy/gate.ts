import type { ChannelName } from '../../domain/channel-name.ts';
import type { GateTrace, SkipReason, Verdict } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { SendCase, SendFacts } from './send-facts.ts';

export type Saw = GateTrace['saw'];
export type GateFinding = Verdict & { readonly saw: Saw };

/** A finding as it is kept. Gates do not fail; what fails later has an entry of its own in the trace. */
export type Judged = Exclude<GateTrace, { verdict: 'fail' }>;

/** Judges what the message is sent for: a customer's way through a journey, or a place in a campaign. */
export interface OriginGate<Origin extends SendFacts['origin']> {
  readonly name: string;
  judge(origin: Origin): GateFinding;
}

/** Judges the request as a whole. */
export interface RequestGate {
  readonly name: string;
  judge(sendCase: SendCase): GateFinding;
}

/** Judges one channel: may this person be reached by it? */
export interface ChannelGate {
  readonly name: string;
  /** False where there is nothing to ask, which keeps traces short. Without it, it is always asked. */
  readonly applies?: (sendCase: SendCase, channel: ChannelName) => boolean;
  judge(sendCase: SendCase, channel: ChannelName): GateFinding;
}

/** Judges an instant on the chosen channel, also a later one than now, so that all can agree on the next good one. */
export interface TimingGate {
  readonly name: string;
  /** As for channels. */
  readonly applies?: (sendCase: SendCase, channel: ChannelName) => boolean;
  judge(sendCase: SendCase, channel: ChannelName, at: Instant): GateFinding;
}

export function pass(saw: Saw): GateFinding {
  return { verdict: 'pass', saw };
}

export function skip(reason: SkipReason, saw: Saw): GateFinding {
  return { verdict: 'skip', reason, saw };
}

export function defer(until: Instant, reason: SkipReason, saw: Saw): GateFinding {
  return { verdict: 'defer', until, reason, saw };
}

export function isMarketing(sendCase: SendCase): boolean {
  return sendCase.message.purpose === 'marketing';
}

/** What a gate saw that only marketing has to pass. */
export const notMarketing: Saw = { purpose: 'not marketing' };

export function traceOf(gate: string, finding: GateFinding, channel?: ChannelName): Judged {
  return { gate, ...(channel === undefined ? {} : { channel }), ...finding };
}
