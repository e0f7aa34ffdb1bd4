import type { ChannelName } from '../../domain/channel-name.ts';
import type {
  DeliveryState,
  FailureCode,
  GateTrace,
  SendOutcome,
  SkipReason,
} from '../../domain/delivery.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import type { CostEstimate } from '../../domain/sms-cost.ts';
import type { Deferral } from '../../store/schema.ts';
import type { Decision } from '../policy/judge.ts';
import type { SendCase, SendFacts } from '../policy/send-facts.ts';
import { usefulUntil, type Candidate } from './candidate.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import type { LedgerRow } from './load-ledger-rows.ts';
import type { Situation } from './load-situations.ts';
import { mayHaveArrived, unlessItMayHaveArrived } from './may-have-arrived.ts';
import { isSafeUnderKey } from './same-key.ts';

/** A ledger row as it is written; instants are ISO texts, because rows travel to PostgreSQL as one JSON list. */
export interface RowToWrite {
  readonly id: string;
  readonly send_key: string;
  readonly enrolment_id: string | null;
  readonly recipient_id: string | null;
  readonly customer_id: string;
  readonly journey: string | null;
  readonly version: number | null;
  readonly campaign: string | null;
  readonly step: string;
  readonly message: string;
  readonly purpose: string;
  readonly class: string;
  readonly state: DeliveryState;
  readonly reason: SkipReason | FailureCode | null;
  readonly channel: ChannelName | null;
  readonly connection: string | null;
  readonly address_key: string | null;
  readonly allowance: string | null;
  readonly locale: string | null;
  readonly segments: number | null;
  readonly cost_micros: number | null;
  readonly cost_currency: string | null;
  readonly due_at: string;
  readonly useful_until: string;
  readonly deferred_until: string | null;
  readonly decided_at: string;
  readonly sending_at: string | null;
  readonly settled_at: string | null;
  readonly is_test: boolean;
  readonly trace: readonly GateTrace[];
  readonly deferrals: readonly Deferral[];
}

/** What was decided, in the ledger's own words. */
export type Ruling =
  | (Omit<Extract<Decision, { verdict: 'send' }>, 'verdict'> & { readonly state: 'sending' })
  | {
      readonly state: 'deferred';
      readonly channel: ChannelName;
      readonly until: Instant;
      readonly reason: SkipReason;
    }
  | { readonly state: 'skipped'; readonly reason: SkipReason }
  | { readonly state: 'failed'; readonly reason: FailureCode }
  | { readonly state: 'unknown' };

/** The case that the gates judge. */
export function caseOf(
  candidate: Candidate,
  facts: Situation['facts'],
  stored: LedgerRow | undefined,
  setting: LedgerSetting,
): SendCase {
  const { dueAt } = candidate.request;
  return {
    now: setting.clock.now(),
    usefulUntil: usefulUntil(candidate),
    heldAt: [dueAt, ...pausedAt(stored), ...dueAgainAt(stored)],
    ...waitingOf(facts.origin, dueAt, stored),
    message: {
      ...candidate.terms,
      channels: channelsLeft(candidate.terms.channels, stored),
      whatsApp: candidate.terms.channels.includes('whatsapp')
        ? setting.whatsAppTemplatesOf(candidate.terms.name, facts.customer.locale)
        : [],
    },
    policy: setting.shop.policy,
    facts: {
      ...facts,
      sends: facts.sends.filter(({ delivery }) => delivery !== candidate.delivery),
      refused: refusedOf(stored),
    },
  };
}

function pausedAt(stored: LedgerRow | undefined): readonly Instant[] {
  return (stored?.deferrals ?? []).flatMap(({ at, reason }) => (reason === 'paused' ? [at] : []));
}

function dueAgainAt(stored: LedgerRow | undefined): readonly Instant[] {
  const last = stored?.state === 'deferred' ? stored.deferrals.at(-1) : undefined;
  return last === undefined ? [] : [last.until];
}

/** A campaign that is launched late waits from its launch on: what ended before has not held it up. */
function waitingOf(
  origin: SendFacts['origin'],
  dueAt: Instant,
  stored: LedgerRow | undefined,
): Pick<SendCase, 'waitsSince'> {
  if (origin.kind === 'journey') return {};
  if (stored === undefined) return { waitsSince: Math.max(dueAt, origin.launchedAt ?? dueAt) };
  const [waitsSince] = dueAgainAt(stored);
  return waitsSince === undefined ? {} : { waitsSince };
}

/** A message that may have arrived stays with its channel: over another one it could arrive twice. */
function channelsLeft(
  channels: readonly ChannelName[],
  stored: LedgerRow | undefined,
): readonly ChannelName[] {
  const mayHaveTaken = stored?.attempts.filter(({ state }) => state === 'ambiguous') ?? [];
  if (mayHaveTaken.length === 0) return channels;
  return channels.filter((channel) => mayHaveTaken.some((attempt) => attempt.channel === channel));
}

function refusedOf(stored: LedgerRow | undefined): SendFacts['refused'] {
  const refused = stored?.attempts.filter((attempt) => attempt.state === 'rejected') ?? [];
  return Object.fromEntries(refused.map((attempt) => [attempt.channel, attempt.code ?? 'refused']));
}

const reasonsOfChannels: readonly SkipReason[] = [
  'unreachable',
  'not-on-allow-list',
  'no-consent',
  'suppressed',
  'not-allowed-there',
  'template-not-approved',
];

/**
 * The ruling of a judgement. Two refusals are more than a skip: no channel is left after a provider refused, which is a
 * failure; and an earlier attempt may have arrived, which stays unknown whatever the gates say by now. Class `keyed` does
 * not go where another request could be another message.
 */
export function rulingOf(
  decision: Decision,
  stored: LedgerRow | undefined,
  { terms }: Candidate,
  setting: LedgerSetting,
): Ruling {
  if (decision.verdict === 'send') {
    const by = setting.channelOf(decision.channel);
    const doubles =
      terms.class === 'keyed' &&
      stored !== undefined &&
      by !== undefined &&
      !isSafeUnderKey(stored.attempts, by, setting.clock.now());
    return doubles ? { state: 'unknown' } : { ...decision, state: 'sending' };
  }
  if (decision.verdict === 'defer') return { ...decision, state: 'deferred' };
  const wasRefused = Object.keys(refusedOf(stored)).length > 0;
  const refusal: Ruling =
    wasRefused && reasonsOfChannels.includes(decision.reason)
      ? { state: 'failed', reason: 'rejected-by-provider' }
      : { state: 'skipped', reason: decision.reason };
  return unlessItMayHaveArrived(refusal, stored?.attempts ?? []);
}

export function outcomeOfRuling(ruling: Exclude<Ruling, { state: 'sending' }>): SendOutcome {
  switch (ruling.state) {
    case 'deferred':
      return { status: 'deferred', until: ruling.until, reason: ruling.reason };
    case 'skipped':
      return { status: 'skipped', reason: ruling.reason };
    case 'failed':
      return { status: 'failed', code: ruling.reason };
    case 'unknown':
      return { status: 'unknown' };
    default:
      return ruling satisfies never;
  }
}

/** The row of a ruling. */
export function rowOf(
  candidate: Candidate,
  situation: Situation,
  ruling: Ruling,
  details: {
    readonly trace: readonly GateTrace[];
    readonly stored: LedgerRow | undefined;
    readonly at: Instant;
    readonly connection?: string;
    readonly language?: string;
    readonly segments?: number;
    readonly cost?: CostEstimate;
  },
): RowToWrite {
  const { request, terms } = candidate;
  const { facts } = situation;
  const { at, trace, stored } = details;
  const channel = ruling.state === 'sending' || ruling.state === 'deferred' ? ruling.channel : null;
  const isOver = ruling.state !== 'sending' && ruling.state !== 'deferred';
  const decided: RequestRecord = {
    channel,
    connection: details.connection ?? null,
    address_key: channel === null ? null : (facts.addresses[channel]?.key ?? null),
    allowance:
      terms.allowance !== undefined && terms.allowance.channel === channel ? terms.allowance.name : null,
    locale: details.language ?? null,
    segments: details.segments ?? null,
    cost_micros: details.cost?.micros ?? null,
    cost_currency: details.cost?.currency ?? null,
    sending_at: ruling.state === 'sending' ? toIso(at) : null,
  };
  return {
    id: candidate.delivery,
    send_key: request.sendKey,
    ...originColumns(situation),
    customer_id: facts.customer.id,
    step: request.step,
    message: request.message,
    purpose: terms.purpose,
    class: terms.class,
    state: ruling.state,
    reason: 'reason' in ruling ? ruling.reason : null,
    ...(ruling.state === 'sending' ? decided : (standingRequestOf(stored) ?? decided)),
    due_at: toIso(request.dueAt),
    useful_until: toIso(usefulUntil(candidate)),
    deferred_until: ruling.state === 'deferred' ? toIso(ruling.until) : null,
    decided_at: toIso(at),
    settled_at: isOver ? toIso(at) : null,
    is_test: facts.customer.test || (facts.origin.kind === 'campaign' && facts.origin.test),
    trace,
    deferrals: deferralsOf(ruling, stored, at),
  };
}

type OriginColumns = Pick<RowToWrite, 'enrolment_id' | 'recipient_id' | 'journey' | 'version' | 'campaign'>;

function originColumns({ facts: { origin }, version }: Situation): OriginColumns {
  return origin.kind === 'journey'
    ? { enrolment_id: origin.id, recipient_id: null, journey: origin.name, version, campaign: null }
    : { enrolment_id: null, recipient_id: origin.id, journey: null, version: null, campaign: origin.name };
}

/** What the ledger says about a request: by which way it went, to which address, when. */
type RequestRecord = Pick<
  RowToWrite,
  | 'channel'
  | 'connection'
  | 'address_key'
  | 'allowance'
  | 'locale'
  | 'segments'
  | 'cost_micros'
  | 'cost_currency'
  | 'sending_at'
>;

/** Of a request that may have arrived, which stays on record until another follows: caps count it, lists show it. */
function standingRequestOf(stored: LedgerRow | undefined): RequestRecord | undefined {
  if (stored === undefined || stored.sendingAt === null || !mayHaveArrived(stored.attempts)) return undefined;
  return {
    channel: stored.channel,
    connection: stored.connection,
    address_key: stored.addressKey,
    allowance: stored.allowance,
    locale: stored.locale,
    segments: stored.segments,
    cost_micros: stored.costMicros,
    cost_currency: stored.costCurrency,
    sending_at: toIso(stored.sendingAt),
  };
}

/** Short steps of one wait, such as a pause, are one entry that grows. */
function deferralsOf(ruling: Ruling, stored: LedgerRow | undefined, at: Instant): readonly Deferral[] {
  const earlier = stored?.deferrals ?? [];
  if (ruling.state !== 'deferred') return earlier;
  const last = earlier.at(-1);
  const goesOn = last !== undefined && last.reason === ruling.reason && last.until >= at - 60_000;
  const entry = { at: goesOn ? last.at : at, until: ruling.until, reason: ruling.reason };
  return [...(goesOn ? earlier.slice(0, -1) : earlier), entry];
}
