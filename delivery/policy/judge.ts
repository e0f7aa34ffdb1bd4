import type { ChannelName } from '../../domain/channel-name.ts';
import type { SkipReason } from '../../domain/delivery.ts';
import { ceilToSecond, type Instant } from '../../domain/instant.ts';
import { chooseChannel, type Road } from './channel-router.ts';
import { traceOf, type Judged } from './gate.ts';
import { campaignGates, channelGates, journeyGates, requestGates, timingGates } from './gates.ts';
import { endOfAllowedHours } from './quiet-hours.ts';
import type { SendCase, SendFacts } from './send-facts.ts';
import { whatsAppFormOf, type WhatsAppForm } from './whatsapp-template.ts';

/** What becomes of a request, with every gate and the value it saw. */
export type Judgement = Decision & { readonly trace: readonly Judged[] };

export type Decision =
  | {
      readonly verdict: 'send';
      readonly channel: ChannelName;
      /** After it the message must not arrive any more: the end of its use, or of the hours in which it may arrive. */
      readonly validUntil: Instant;
      /** Set for WhatsApp. */
      readonly whatsApp?: WhatsAppForm;
    }
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
  const road = chooseChannel(sendCase, channelGates);
  const when = road.channel === undefined ? { trace: [] } : { ...findInstant(sendCase, road.channel) };
  const trace = [...request, ...road.trace, ...when.trace];
  return { ...decide(sendCase, request, road, when), trace };
}

function askOrigin(origin: SendFacts['origin']): readonly Judged[] {
  return origin.kind === 'journey'
    ? journeyGates.map((gate) => traceOf(gate.name, gate.judge(origin)))
    : campaignGates.map((gate) => traceOf(gate.name, gate.judge(origin)));
}

function decide(sendCase: SendCase, request: readonly Judged[], road: Road, when: Timing): Decision {
  const refusal = request.find((finding) => finding.verdict === 'skip');
  if (refusal?.verdict === 'skip') return { verdict: 'skip', reason: refusal.reason };
  if (road.channel === undefined) return { verdict: 'skip', reason: road.reason };
  if (when.blockedBy === undefined) return sendNow(sendCase, road.channel);
  if (when.until === undefined) return { verdict: 'skip', reason: when.blockedBy };
  return { verdict: 'defer', channel: road.channel, until: when.until, reason: when.blockedBy };
}

function sendNow(sendCase: SendCase, channel: ChannelName): Decision {
  const { now, usefulUntil } = sendCase;
  const end = endOfAllowedHours(sendCase, channel, now) ?? usefulUntil;
  const whatsApp = channel === 'whatsapp' ? whatsAppFormOf(sendCase) : undefined;
  return {
    verdict: 'send',
    channel,
    validUntil: Math.min(usefulUntil, end),
    ...(whatsApp === undefined ? {} : { whatsApp }),
  };
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
  const asked = timingGates.filter(({ applies }) => applies === undefined || applies(sendCase, channel));
  const ask = (at: Instant) =>
    asked.map((gate) => traceOf(gate.name, gate.judge(sendCase, channel, at), channel));
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
