import colours from 'picocolors';
import type {
  ExplainedCustomer,
  ExplainedDelivery,
  ExplainedEnrolment,
  ExplainedPlace,
  Explanation,
} from '../../client/explain.ts';
import type { NotEnrolled } from '../../client/not-enrolled.ts';
import { channelSentence } from '../../domain/channel-sentence.ts';
import { reasonSentences, type GateTrace, type SkipReason } from '../../domain/delivery.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import type { Whereabouts } from '../../domain/journey.ts';
import { groupAlike } from './group-alike.ts';

/** One customer's story on a page: who, which journeys, every message with its gates, and why a journey never began. */
export function showExplanation(explanation: Explanation): string {
  return [
    ...customerLines(explanation.customer),
    ...explanation.enrolments.flatMap((enrolment) => ['', ...enrolmentLines(enrolment)]),
    ...explanation.campaigns.flatMap((place) => ['', ...placeLines(place)]),
    ...notEnrolledLines(explanation.notEnrolled),
  ].join('\n');
}

function customerLines(customer: ExplainedCustomer): string[] {
  const zone = customer.timeZone
    ? `${customer.timeZone} (${customer.timeZoneSource ?? 'unknown source'})`
    : 'no time zone';
  const traits = [
    customer.state,
    customer.kind,
    customer.locale ?? 'no locale',
    zone,
    customer.country ?? 'no country',
  ];
  if (customer.test) traits.push('test customer');
  return [
    colours.bold(customer.shopId === null ? `Customer ${customer.id}` : `Customer ${customer.shopId}`) +
      (customer.shopId === null ? '' : `  ${customer.id}`),
    `  ${traits.join(' · ')}`,
    `  reachable by  ${list(customer.reachable.map(({ kind, state }) => (state === 'valid' ? kind : `${kind} (${state})`)))}`,
    `  consents      ${list(customer.consents.map(({ channel, topic, state, at }) => `${channel}${topic && ` ${topic}`} ${state} ${when(at)}`))}`,
    ...customer.suppressions.map(
      ({ channel, reason, at }) => `  suppressed    ${channel}: ${reason}, since ${when(at)}`,
    ),
  ];
}

function enrolmentLines(enrolment: ExplainedEnrolment): string[] {
  const { journey, version, entry } = enrolment;
  return [
    colours.bold(`${journey}@${version}`) + `  entry ${entry}  ${fateOf(enrolment)}`,
    `  opened ${when(enrolment.openedAt)}, due ${when(enrolment.dueAt)}${enrolment.sealedAt === null ? '' : `, sealed ${when(enrolment.sealedAt)} by ${enrolment.sealReason}`}`,
    ...enrolment.deliveries.flatMap(deliveryLines),
    ...(enrolment.next === undefined ? [] : [`  next: ${nextStep(enrolment.next)}`]),
    ...(enrolment.deliveries.length === 0 && enrolment.state === 'closed' ? ['  no message came due'] : []),
  ];
}

function placeLines(place: ExplainedPlace): string[] {
  const traits = [place.state, ...(place.variant === null ? [] : [`variant ${place.variant}`])];
  if (place.test) traits.push('test');
  return [
    colours.bold(place.campaign) + `  campaign of ${when(place.scheduledAt)}  ${traits.join(' · ')}`,
    `  due ${when(place.dueAt)}`,
    ...place.deliveries.flatMap(deliveryLines),
    ...(place.deliveries.length === 0 && place.state === 'cancelled'
      ? [`  not sent: ${reasonSentences['campaign-not-running']} (campaign-not-running)`]
      : []),
  ];
}

function fateOf({ state, exitReason, exitedAt, sealReason }: ExplainedEnrolment): string {
  if (state === 'open') return colours.cyan('running');
  if (state === 'sealed') return `ending: ${sealReason}`;
  return `ended ${exitedAt === null ? '' : `${when(exitedAt)} `}with ${exitReason}`;
}

function deliveryLines(delivery: ExplainedDelivery): string[] {
  return [
    `  ${headline(delivery)}`,
    `      ledger  ${ledgerPath(delivery)}`,
    ...adviceLines(delivery),
    ...delivery.gates.map((gate) => `      ${gateLine(gate)}`),
  ];
}

function headline(delivery: ExplainedDelivery): string {
  switch (delivery.state) {
    case 'accepted':
      return `${isLost(delivery) ? colours.red('✗') : colours.green('✓')} ${delivery.step}  sent by ${delivery.channel} in ${delivery.locale}${arrivalOf(delivery)}`;
    case 'skipped':
      return `${colours.yellow('–')} ${delivery.step}  not sent: ${sentenceOf(delivery)}`;
    case 'deferred':
      return `${colours.cyan('…')} ${delivery.step}  waits until ${delivery.deferredUntil === null ? 'later' : when(delivery.deferredUntil)}: ${delivery.reason}`;
    case 'sending':
      return `${colours.cyan('…')} ${delivery.step}  on its way by ${delivery.channel}`;
    case 'unknown':
      return `${colours.red('?')} ${delivery.step}  handed to ${delivery.channel}, outcome unknown`;
    case 'failed':
      return `${colours.red('✗')} ${delivery.step}  failed: ${delivery.reason}`;
  }
}

/** Where somebody can do something about it. */
function adviceLines({ state, gates }: ExplainedDelivery): string[] {
  const lacksApproval = gates.some(
    (gate) => gate.verdict === 'skip' && gate.reason === 'template-not-approved',
  );
  return state === 'skipped' && lacksApproval
    ? ['      next    npx perennial whatsapp list: how each template stands, and what to do about it']
    : [];
}

/** The provider took it and it did not get there. */
function isLost({ arrival }: ExplainedDelivery): boolean {
  return arrival === 'failed' || arrival === 'bounced';
}

function arrivalOf({ arrival, arrivalCode }: ExplainedDelivery): string {
  if (arrival === null || arrival === 'sent') return '';
  return `, ${arrival}${arrivalCode === null ? '' : ` (${arrivalCode})`}`;
}

function sentenceOf({ reason, gates }: ExplainedDelivery): string {
  if (reason === null) return 'no reason';
  if (!(reason in reasonSentences)) return reason;
  return `${channelSentence(reason, gates) ?? reasonSentences[reason as SkipReason]} (${reason})`;
}

function ledgerPath(delivery: ExplainedDelivery): string {
  const steps = [
    `due ${when(delivery.dueAt)}`,
    ...delivery.deferrals.map(
      ({ at, until, reason }) => `deferred ${when(at)} until ${when(until)} (${reason})`,
    ),
    ...(delivery.sendingAt === null ? [] : [`sending ${when(delivery.sendingAt)}`]),
    `${delivery.state} ${when(delivery.settledAt ?? delivery.decidedAt)}`,
    ...laterSteps(delivery),
  ];
  return steps.join(' → ');
}

function laterSteps(delivery: ExplainedDelivery): string[] {
  const steps: readonly (readonly [string, Instant | null])[] = [
    ['delivered', delivery.deliveredAt],
    ['read', delivery.readAt],
    ['clicked', delivery.clickedAt],
    ['bounced', delivery.bouncedAt],
  ];
  return steps
    .flatMap(([step, at]) => (at === null ? [] : [{ step, at }]))
    .sort((one, other) => one.at - other.at)
    .map(({ step, at }) => `${step} ${when(at)}`);
}

function gateLine(gate: GateTrace): string {
  const saw = Object.entries(gate.saw).map(([name, value]) => `${name} ${value}`);
  const name = gate.channel === undefined ? gate.gate : `${gate.gate} (${gate.channel})`;
  return colours.dim(`${verdictOf(gate).padEnd(6)} ${name}: ${saw.join(', ') || 'nothing to see'}`);
}

function verdictOf(gate: GateTrace): string {
  return gate.verdict === 'defer' ? 'defer' : gate.verdict;
}

function nextStep({ doing, subject, until }: Whereabouts): string {
  const ends = until === undefined ? '' : ` until ${when(until)}`;
  switch (doing) {
    case 'starting':
      return until === undefined ? 'begins' : `begins at ${when(until)}`;
    case 'sleeping':
      return `sleeps${ends}`;
    case 'waiting':
      return `waits for ${subject ?? 'an event'}${ends}`;
    case 'sending':
      return ends === '' ? `sends ${subject ?? 'a message'}` : `holds ${subject ?? 'a message'}${ends}`;
    case 'asking':
      return `asks ${subject ?? 'a question'}`;
    case 'ended':
      return `ended with ${subject ?? 'no reason'}`;
    default:
      return doing satisfies never;
  }
}

function notEnrolledLines(notes: readonly NotEnrolled[]): string[] {
  if (notes.length === 0) return [];
  const alike = groupAlike(notes, ({ journey, event, because }) => JSON.stringify([journey, event, because]));
  return ['', colours.bold('Not enrolled'), ...alike.flatMap(foldedLines)];
}

/** The newest speaks for all that were left out for the same reason: a busy customer has hundreds of them. */
function foldedLines([newest, ...older]: readonly [NotEnrolled, ...NotEnrolled[]]): string[] {
  const oldest = older.at(-1)?.at;
  const since = oldest === undefined ? '' : ` since ${when(oldest)}`;
  return [
    noteLine(newest),
    ...(older.length === 0
      ? []
      : [`    … and ${older.length} more for the same reason${since}; --json shows all`]),
  ];
}

function noteLine({ journey, event, at, sentence }: NotEnrolled): string {
  const cause = event === undefined || at === undefined ? '' : ` on ${event} of ${when(at)}`;
  return `  ${journey}${cause}: ${sentence}`;
}

function when(instant: Instant): string {
  return toIso(instant);
}

function list(items: readonly string[]): string {
  return items.join(', ') || 'nothing';
}
