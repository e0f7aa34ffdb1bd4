import { Temporal as TC39 } from 'temporal-polyfill';
import type { Instant } from '../../domain/instant.ts';
import { iso } from '../kit/shop.ts';
import type { Who } from './history.ts';
import type { Played, PlayedEnrolment } from './play.ts';

const hour = 3_600_000;

/** A message with the enrolment that it belongs to. */
interface Sent {
  readonly at: Instant;
  readonly channel: 'email' | 'sms' | 'whatsapp';
  readonly what: string;
  readonly enrolment: PlayedEnrolment;
  /** Whose address it went to: a cart, and its journey with it, may pass to somebody else. */
  readonly who: Who;
  readonly allowance: string | null;
  readonly sendId: string;
}

/** Everything that must never be, in any history; each broken promise as a sentence. */
export function brokenPromises(played: Played): string[] {
  const sent = sentOf(played);
  return [
    ...sent.flatMap((message) => [
      ...afterAnOrder(message, played),
      ...afterAnOptOut(message, played),
      ...atNight(message, played),
      ...overTheCap(message, sent, played),
      ...overTheAllowance(message, sent, played),
    ]),
    ...twice(sent, played),
    ...unfinished(played),
    ...withoutOneReason(played),
  ];
}

function sentOf({ sent, deliveries, enrolments }: Played): Sent[] {
  const byDelivery = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const byId = new Map(enrolments.map((enrolment) => [enrolment.id, enrolment]));
  return sent.map(({ at, channel, message, sendId, to }) => {
    const delivery = byDelivery.get(sendId);
    const enrolment = delivery && byId.get(delivery.enrolment);
    if (delivery === undefined || enrolment === undefined) throw new Error(`${message} is in no ledger`);
    const what = `${delivery.step} by ${channel} at ${iso(at)}`;
    return { at, channel, what, enrolment, who: whoIs(to), allowance: delivery.allowance, sendId };
  });
}

/** By the address or the number that `play` gave them. */
function whoIs(to: string): Who {
  return to.includes('at-work') || /^\+\d*02$/.test(to) ? 'mina-at-work' : 'mina';
}

// In a world, what is due at an instant is done before what is told at that same instant: "accepted before" is strict.

/** Whether two records were one person by then. */
function sameBy(played: Played, at: Instant): (one: Who, other: Who) => boolean {
  const merged = played.accepted.some(({ action, acceptedAt }) => action.do === 'merge' && acceptedAt < at);
  return (one, other) => one === other || merged;
}

function afterAnOrder({ at, what, enrolment, who }: Sent, played: Played): string[] {
  const same = sameBy(played, at);
  return played.accepted
    .filter(
      ({ action, acceptedAt, occurredAt }) =>
        action.do === 'order' &&
        acceptedAt < at &&
        acceptedAt > enrolment.openedAt &&
        same(action.who, who) &&
        // An order of another record, from before this cart, was of another cart when the two became one.
        ((action.who === enrolment.who && who === enrolment.who) || occurredAt >= enrolment.factAt),
    )
    .map(({ acceptedAt }) => `${what}, although an order was accepted at ${iso(acceptedAt)}`);
}

function afterAnOptOut({ at, channel, what, who }: Sent, played: Played): string[] {
  return isGranted(played, who, channel, at) ? [] : [`${what}, although the last word on ${channel} was no`];
}

interface Word {
  readonly at: Instant;
  readonly granted: boolean;
}

/** The last word by when it was said, not by when we heard; a merge keeps the opt-out of either. */
function isGranted(played: Played, who: Who, channel: string, at: Instant): boolean {
  const words: Record<Who, Word[]> = { mina: [], 'mina-at-work': [] };
  let merged = false;
  for (const { action, acceptedAt, occurredAt } of played.accepted) {
    if (acceptedAt >= at) break;
    if (action.do === 'consent' && (action.channel === channel || action.channel === 'all')) {
      words[merged ? 'mina' : action.who].push({ at: occurredAt, granted: action.state === 'granted' });
    }
    if (action.do === 'merge') {
      merged = true;
      const both = [...words.mina, ...words['mina-at-work']];
      const last = [lastOf(words.mina), lastOf(words['mina-at-work'])];
      words.mina = both;
      if (last.some((word) => word?.granted === false)) {
        words.mina.push({ at: Math.max(occurredAt, ...both.map((word) => word.at)), granted: false });
      }
    }
  }
  return lastOf(words[merged ? 'mina' : who])?.granted === true;
}

function lastOf(words: readonly Word[]): Word | undefined {
  return [...words].sort((a, b) => a.at - b.at || Number(b.granted) - Number(a.granted)).at(-1);
}

function atNight({ at, channel, what }: Sent, { history }: Played): string[] {
  if (channel === 'email') return [];
  const local = TC39.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(history.timeZone);
  return local.hour >= 10 && local.hour < 20
    ? []
    : [`${what}, which is ${local.toPlainTime().toString()} there`];
}

/** One in a day and three in a week, counting the messages of other runs. */
function overTheCap(message: Sent, sent: readonly Sent[], played: Played): string[] {
  const same = sameBy(played, message.at);
  const others = (window: number) =>
    sent.filter(
      (other) =>
        other.enrolment.id !== message.enrolment.id &&
        same(other.who, message.who) &&
        other.at <= message.at &&
        other.at > message.at - window,
    ).length;
  return [
    ...(others(24 * hour) >= 1 ? [`${message.what}, less than a day after a message of another run`] : []),
    ...(others(7 * 24 * hour) >= 3 ? [`${message.what}, the fourth in a week`] : []),
  ];
}

function overTheAllowance(message: Sent, sent: readonly Sent[], played: Played): string[] {
  if (message.allowance === null) return [];
  const same = sameBy(played, message.at);
  const earlier = sent.filter(
    (other) =>
      other.sendId !== message.sendId &&
      other.allowance === message.allowance &&
      same(other.who, message.who) &&
      other.at <= message.at &&
      other.at > message.at - 48 * hour,
  );
  return earlier.length === 0 ? [] : [`${message.what}, although its allowance was spent`];
}

function twice(sent: readonly Sent[], { deliveries }: Played): string[] {
  const ids = sent.map(({ sendId }) => sendId);
  const keys = deliveries.map(({ sendKey }) => sendKey);
  return [
    ...(new Set(ids).size < ids.length ? ['the same message left twice'] : []),
    ...(new Set(keys).size < keys.length ? ['one send key has two rows'] : []),
  ];
}

function unfinished({ enrolments, deliveries }: Played): string[] {
  return [
    ...enrolments
      .filter(({ state }) => state !== 'closed')
      .map(({ journey, state }) => `${journey} is still ${state} after two quiet weeks`),
    ...deliveries
      .filter(({ state }) => state !== 'accepted' && state !== 'skipped')
      .map(({ step, state }) => `${step} is still ${state} after two quiet weeks`),
  ];
}

function withoutOneReason({ enrolments, deliveries, sent }: Played): string[] {
  const left = new Set(sent.map(({ sendId }) => sendId));
  return [
    ...enrolments
      .filter(({ exitReason }) => exitReason === null)
      .map(({ journey }) => `${journey} ended without a reason`),
    ...deliveries
      .filter(
        ({ id, state, reason }) =>
          (state === 'skipped') !== (reason !== null) || (state === 'accepted') !== left.has(id),
      )
      .map(({ step, state, reason }) => `${step} is ${state} with the reason ${reason}`),
  ];
}
