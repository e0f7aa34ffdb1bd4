import { sql } from 'kysely';
import * as z from 'zod';
import { reasonSentences, waitingSentences, type SkipReason } from '../domain/delivery.ts';
import { eventCatalogue } from '../domain/events/catalogue.ts';
import { toIso, type Instant } from '../domain/instant.ts';
import { localTime } from '../domain/local-time.ts';
import { notOpenedSentences } from '../domain/routing-note.ts';
import type { Database } from '../store/database.ts';
import { readDeliveries, readEnrolments, readNames, readZones } from './records.ts';

export const entryKinds = ['event', 'opened', 'not-opened', 'sent', 'deferred', 'not-sent', 'ended'] as const;

/** One line of what happened in a world. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: (typeof entryKinds)[number];
  /** As the shop knows them; undefined for what is about nobody, such as a product. */
  readonly customer: string | undefined;
  readonly journey: string | undefined;
  /** In words, without the instant and the customer. */
  readonly text: string;
  /** Of a message: when that is where the customer is, such as `Tue 10:00 in Asia/Seoul`, when that is known. */
  readonly local?: string;
}

/**
 * What happened in a world, in order: events, journeys that began and ended, messages that were sent, held back or not
 * sent, and why.
 *
 * @param journey only what concerns this journey, besides all events and messages
 */
export async function readTimeline(db: Database, journey?: string): Promise<TimelineEntry[]> {
  const entries = [
    ...(await eventEntries(db)),
    ...(await enrolmentEntries(db)),
    ...(await deliveryEntries(db)),
  ];
  return entries
    .filter((entry) => journey === undefined || isAbout(entry, journey))
    .sort((a, b) => a.at - b.at || entryKinds.indexOf(a.kind) - entryKinds.indexOf(b.kind));
}

function isAbout({ kind, journey }: TimelineEntry, wanted: string): boolean {
  return journey === wanted || !['opened', 'not-opened', 'ended'].includes(kind);
}

async function eventEntries(db: Database): Promise<TimelineEntry[]> {
  const names = await readNames(db);
  const events = await db
    .selectFrom('events')
    .selectAll()
    .orderBy('received_at')
    // A world counts its events, and the tenth comes after the second.
    .orderBy(sql`length(split_part(id, '#', 1))`)
    // What follows from an event stands after it; a parcel is shipped before it is delivered, when one word tells both.
    .orderBy(sql`split_part(id, '#', 1)`)
    .orderBy(sql`type = 'order.delivered'`)
    .orderBy('id')
    .execute();
  return events.flatMap((event): TimelineEntry[] => {
    const customer = event.customer_id === null ? undefined : names.get(event.customer_id);
    const late = event.occurred_at === event.received_at ? '' : `, of ${toIso(event.occurred_at)}`;
    const happened: TimelineEntry = {
      at: event.received_at,
      kind: 'event',
      customer,
      journey: undefined,
      text: `${event.type}${consentWords(event)}${late}`,
    };
    const refused = event.routing.flatMap((note): TimelineEntry[] =>
      note.effect === 'not-opened' && note.because !== 'unless'
        ? [
            {
              at: event.received_at,
              kind: 'not-opened',
              customer,
              journey: note.journey,
              text: `${note.journey} does not begin: ${notOpenedSentences[note.because]}`,
            },
          ]
        : [],
    );
    return [happened, ...refused];
  });
}

/** Whether somebody agreed or said no is what such an event is about. */
function consentWords({
  type,
  envelope,
}: {
  readonly type: string;
  readonly envelope: object | null;
}): string {
  if (type !== 'consent.changed') return '';
  const { data } = z.object({ data: eventCatalogue['consent.changed'].data }).parse(envelope);
  return ` (${data.channel} ${data.state})`;
}

async function enrolmentEntries(db: Database): Promise<TimelineEntry[]> {
  const enrolments = await readEnrolments(db);
  return enrolments.flatMap(({ customer, journey, openedAt, dueAt, sealedAt, exitedAt, exitReason }) => {
    const opened: TimelineEntry = {
      at: openedAt,
      kind: 'opened',
      customer,
      journey,
      text: `${journey} begins, and wakes at ${toIso(dueAt)}`,
    };
    const at = sealedAt ?? exitedAt;
    if (at === undefined) return [opened];
    const ended: TimelineEntry = {
      at,
      kind: 'ended',
      customer,
      journey,
      text: `${journey} ends: ${exitReason ?? 'unknown'}`,
    };
    return [opened, ended];
  });
}

async function deliveryEntries(db: Database): Promise<TimelineEntry[]> {
  const [deliveries, zones] = [await readDeliveries(db), await readZones(db)];
  return deliveries.flatMap(({ at, customer, journey, step, state, reason, why, channel, deferrals }) => {
    const held = deferrals.map((deferral): TimelineEntry => ({
      at: deferral.at,
      kind: 'deferred',
      customer,
      journey,
      text: `${step} waits until ${toIso(deferral.until)}: ${waitingSentences[deferral.reason] ?? deferral.reason}`,
      ...localOf(zones.get(customer), deferral.at, deferral.until),
    }));
    if (state === 'deferred') return held;
    const went = state === 'accepted' || state === 'sending';
    const text = went
      ? `${step} sent by ${channel ?? 'an unknown channel'}`
      : `${step} not sent: ${state === 'unknown' ? 'it may or may not have arrived' : (why ?? sentenceOf(reason ?? state))}`;
    const local = localOf(zones.get(customer), at);
    return [...held, { at, kind: went ? 'sent' : 'not-sent', customer, journey, text, ...local } as const];
  });
}

/** `Tue 22:10 to Wed 10:00 in Asia/Seoul`: quiet hours make sense in the customer's own time. */
function localOf(
  timeZone: string | undefined,
  ...instants: readonly Instant[]
): Pick<TimelineEntry, 'local'> {
  if (timeZone === undefined) return {};
  return { local: `${instants.map((at) => localTime(at, timeZone)).join(' to ')} in ${timeZone}` };
}

function sentenceOf(reason: string): string {
  return isSkipReason(reason) ? reasonSentences[reason] : reason;
}

function isSkipReason(reason: string): reason is SkipReason {
  return Object.hasOwn(reasonSentences, reason);
}
