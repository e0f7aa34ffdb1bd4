import type { ChannelName } from '../../domain/channel-name.ts';
import type { SkipReason } from '../../domain/delivery.ts';
import { ceilToSecond, type Instant } from '../../domain/instant.ts';
import type { Finding, Judged } from './gate.ts';
import { campaignGates, channelGates, journeyGates, requestGates, timingGates } from './gates.ts';
import type { SendCase, SendFacts } from './send-facts.ts';

/** What becomes of a request, with every gate and the value it saw. */
export type Judgement = Decision & { readonly trace: readonly Judged[] };

export type Decision =
  | { readonly verdict: 'send'; readonly channel: ChannelName }
  | {
      readonly verdict: 'defer';
      readonly channel: ChannelName;
      readonly until: Instant;
      readonly reason: SkipReason;
    }
  | { readonly verdict: 'skip'; readonly reason: SkipReason };

/**
 * Judges one request: first the request as a whole, then its channels in order until one will do, then when.
 *
 * Pure. It runs twice for each message, before rendering and again at the point of no return, on facts read anew: one
 * truth, no second copy in SQL.
 */
export function judge(sendCase: SendCase): Judgement {
  const request = [
    ...askOrigin(sendCase.facts.origin),
    ...requestGates.map((gate) => traceOf(gate.name, gate.judge(sendCase))),
  ];
  const road = chooseChannel(sendCase);
  const when = road.channel === undefined ? { trace: [] } : { ...findInstant(sendCase, road.channel) };
  const trace = [...request, ...road.trace, ...when.trace];
  return { ...decide(request, road, when), trace };
}

function askOrigin(origin: SendFacts['origin']): readonly Judged[] {
  return origin.kind === 'journey'
    ? journeyGates.map((gate) => traceOf(gate.name, gate.judge(origin)))
    : campaignGates.map((gate) => traceOf(gate.name, gate.judge(origin)));
}

function decide(request: readonly Judged[], road: Road, when: Timing): Decision {
  const refusal = request.find((finding) => finding.verdict === 'skip');
  if (refusal?.verdict === 'skip') return { verdict: 'skip', reason: refusal.reason };
  if (road.channel === undefined) return { verdict: 'skip', reason: road.reason };
  if (when.blockedBy === undefined) return { verdict: 'send', channel: road.channel };
  if (when.until === undefined) return { verdict: 'skip', reason: when.blockedBy };
  return { verdict: 'defer', channel: road.channel, until: when.until, reason: when.blockedBy };
}

type Road = { readonly trace: readonly Judged[] } & (
  { readonly channel: ChannelName } | { readonly channel?: undefined; readonly reason: SkipReason }
);

/** The first channel that passes its gates. Without one, the reason is that of the channel that came furthest. */
function chooseChannel(sendCase: SendCase): Road {
  const trace: Judged[] = [];
  let furthest = { gate: -1, reason: 'unreachable' as SkipReason };
  for (const channel of channelsInOrder(sendCase)) {
    const findings = channelGates.map((gate) => traceOf(gate.name, gate.judge(sendCase, channel), channel));
    trace.push(...findings);
    const stopped = findings.findIndex((finding) => finding.verdict !== 'pass');
    const stop = findings[stopped];
    if (stop === undefined) return { trace, channel };
    if (stop.verdict === 'skip' && stopped > furthest.gate) furthest = { gate: stopped, reason: stop.reason };
  }
  return { trace, reason: furthest.reason };
}

/** The message's own order, but the channel that the customer likes best goes first when the message has it. */
export function channelsInOrder({ message, facts }: SendCase): readonly ChannelName[] {
  const preferred = facts.customer.preferredChannel;
  return [...message.channels].sort((one, other) => Number(other === preferred) - Number(one === preferred));
}

interface Timing {
  readonly trace: readonly Judged[];
  /** What holds it back now or, when it can never leave in time, what it fails on; absent when it may leave now. */
  readonly blockedBy?: SkipReason;
  /** When all gates agree; absent when that is too late to be useful. */
  readonly until?: Instant;
}

/** More rounds than gates can need: each round passes at least one window or night. */
const mostRounds = 100;

/** Asks all timing gates, then again at the instant they point to, until they agree: a run wakes once, not three times. */
function findInstant(sendCase: SendCase, channel: ChannelName): Timing {
  const ask = (at: Instant) =>
    timingGates.map((gate) => traceOf(gate.name, gate.judge(sendCase, channel, at), channel));
  const trace = ask(sendCase.now);
  const first = longestOf(trace);
  if (first === undefined) return { trace };
  let obstacle = first;
  for (let round = 0; round < mostRounds && obstacle.verdict === 'defer'; round++) {
    const until = ceilToSecond(obstacle.until);
    if (until > sendCase.usefulUntil) break;
    const next = longestOf(ask(until));
    if (next === undefined) return { trace, blockedBy: first.reason, until };
    obstacle = next;
  }
  return { trace, blockedBy: obstacle.reason };
}

type Obstacle = Exclude<Judged, { verdict: 'pass' }>;

/** The obstacle that lasts longest; one that never goes away lasts longest of all. */
function longestOf(findings: readonly Judged[]): Obstacle | undefined {
  const obstacles = findings.filter((finding): finding is Obstacle => finding.verdict !== 'pass');
  return obstacles.reduce<Obstacle | undefined>(
    (longest, each) => (longest === undefined || endOf(each) > endOf(longest) ? each : longest),
    undefined,
  );
}

function endOf(obstacle: Obstacle): number {
  return obstacle.verdict === 'skip' ? Number.POSITIVE_INFINITY : obstacle.until;
}

function traceOf(gate: string, finding: Finding, channel?: ChannelName): Judged {
  return { gate, ...(channel === undefined ? {} : { channel }), ...finding };
}
