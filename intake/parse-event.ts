import { setImmediate as letOthersGoOn } from 'node:timers/promises';
import type * as z from 'zod';
import {
  envelope,
  eventCatalogue,
  isEventName,
  type EventName,
  type PerennialEvent,
} from '../domain/events/catalogue.ts';
import { eventToSendFor, sentEvents } from '../domain/events/sent-events.ts';
import type { ErrorCode } from '../domain/error-codes.ts';
import type { Instant } from '../domain/instant.ts';
import { EventsRefused, type EventProblem } from './event-problem.ts';
import { canonicalJson, fingerprintOfJson } from './fingerprint.ts';
import { nearestWord } from './nearest-word.ts';

/** An event as it came in, known to be well-formed. */
export interface IncomingEvent {
  readonly event: PerennialEvent;
  /** When it happened. */
  readonly at: Instant;
  /** The event as it is kept: canonical JSON, on one line. */
  readonly json: string;
  readonly fingerprint: Buffer;
}

/** Most events of one call: it is one transaction. */
export const eventsPerCall = 1000;

type Parsed =
  { readonly event: IncomingEvent } | { readonly code: ErrorCode; readonly problems: EventProblem[] };

/**
 * Reads the events of one call, by type and then by the schema of that type. HTTP and the client share it.
 *
 * @throws EventsRefused `event-unknown-type`, `event-invalid` with every problem of every event, or `too-many-events`.
 */
export function parseEvents(raw: readonly unknown[]): readonly IncomingEvent[] {
  if (raw.length > eventsPerCall) throw tooMany(raw.length);
  return allOrNone(raw.map(parseEvent));
}

/** About a millisecond's work. */
const eventsPerTurn = 50;

/**
 * The same, a few at a time: a thousand read in one go would keep everybody else waiting, and first of all the batch before
 * them, which holds the lock of its people.
 */
export async function parseEventsByTurns(raw: readonly unknown[]): Promise<readonly IncomingEvent[]> {
  if (raw.length > eventsPerCall) throw tooMany(raw.length);
  const parsed: Parsed[] = [];
  for (const [place, one] of raw.entries()) {
    if (place > 0 && place % eventsPerTurn === 0) await letOthersGoOn();
    parsed.push(parseEvent(one, place));
  }
  return allOrNone(parsed);
}

function allOrNone(parsed: readonly Parsed[]): readonly IncomingEvent[] {
  const refused = parsed.filter((result) => 'problems' in result);
  if (refused.length > 0) {
    const code = refused.some((result) => result.code === 'event-invalid')
      ? 'event-invalid'
      : 'event-unknown-type';
    throw new EventsRefused(
      code,
      refused.flatMap((result) => result.problems),
    );
  }
  return parsed.filter((result) => 'event' in result).map((result) => result.event);
}

function tooMany(count: number): EventsRefused {
  const problem = `the call carries ${count} events and at most ${eventsPerCall} are accepted at once; send them in several calls`;
  return new EventsRefused('too-many-events', [{ index: eventsPerCall, path: '', problem }]);
}

function parseEvent(raw: unknown, index: number): Parsed {
  const outer = envelope.safeParse(raw);
  if (!outer.success) return invalid(problemsOf(outer.error, { index, path: [], value: raw }));
  const { type, data, ...rest } = outer.data;
  if (!isEventName(type)) return unknownType(type, index);
  if (eventToSendFor(type) !== type) return derivedType(type, index);
  const inner = eventCatalogue[type].data.safeParse(data);
  if (!inner.success) return invalid(problemsOf(inner.error, { index, path: ['data'], value: data }));
  // The catalogue's entry of this very type has parsed this very data.
  const event = { ...rest, type, data: inner.data } as PerennialEvent;
  const json = canonicalJson(event);
  const problems = [
    ...problemsOfMeaning(event, index),
    ...uncountable(event, index),
    ...unstorableText(event, { json, index }),
  ];
  if (problems.length > 0) return invalid(problems);
  return { event: { event, at: Date.parse(event.occurredAt), json, fingerprint: fingerprintOfJson(json) } };
}

function invalid(problems: EventProblem[]): Parsed {
  return { code: 'event-invalid', problems };
}

function unknownType(type: string, index: number): Parsed {
  const names = sentEvents();
  const nearest = nearestWord(type, names);
  const hint = nearest === undefined ? `the types are ${names.join(', ')}` : `did you mean "${nearest}"`;
  const problem = `there is no such event type to send; ${hint}`;
  return { code: 'event-unknown-type', problems: [{ index, path: 'type', value: show(type), problem }] };
}

function derivedType(type: EventName, index: number): Parsed {
  const problem = `it follows from "${eventToSendFor(type)}"; send that`;
  return { code: 'event-unknown-type', problems: [{ index, path: 'type', value: show(type), problem }] };
}

/** What the schemas cannot say: whose event it is. */
function problemsOfMeaning(event: PerennialEvent, index: number): EventProblem[] {
  if (event.type === 'customer.identified') {
    const named = event.data.customerId;
    if (event.customerId === undefined || event.customerId === named) return [];
    const problem = `must be the same as data.customerId or left out`;
    return [{ index, path: 'customerId', value: show(event.customerId), problem }];
  }
  if (event.type === 'customer.merged' && event.data.from === event.data.into) {
    return [
      { index, path: 'data.from', value: show(event.data.from), problem: 'must differ from data.into' },
    ];
  }
  const isAnonymous = event.customerId === undefined && event.anonymousId === undefined;
  if (eventCatalogue[event.type].about === 'shop' || !isAnonymous) return [];
  return [{ index, path: '', problem: `"${event.type}" needs a customerId or an anonymousId` }];
}

/** Beyond this, numbers are no longer exact: a line of a million pieces at a billion each would be counted wrongly. */
const largestSum = Number.MAX_SAFE_INTEGER;

function uncountable(event: PerennialEvent, index: number): EventProblem[] {
  const [field, lines] =
    event.type === 'order.placed'
      ? (['lines', event.data.lines] as const)
      : (['items', event.type === 'cart.updated' ? event.data.items : []] as const);
  let sum = 0;
  for (const [place, { quantity, price }] of lines.entries()) {
    sum += quantity * price.amount;
    if (sum <= largestSum) continue;
    const problem = 'with this the amounts add up to more than can be counted exactly';
    const value = `${quantity} × ${price.amount}`;
    return [{ index, path: `data.${field}[${place}]`, value, problem }];
  }
  return [];
}

/** NUL and halves of surrogate pairs are legal in JSON and cannot be stored as text. */
const unstorable = /[\u0000\p{Cs}]/u;
const maybeUnstorable = /\\u(0000|d[89a-f])/i;

function unstorableText(
  event: PerennialEvent,
  { json, index }: { json: string; index: number },
): EventProblem[] {
  if (!maybeUnstorable.test(json)) return [];
  const paths = textPaths(event, '').filter(({ text }) => unstorable.test(text));
  return paths.map(({ path }) => ({
    index,
    path: shortened(path),
    problem: 'must not contain the character NUL or half a surrogate pair',
  }));
}

function textPaths(value: unknown, path: string): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => [
    { path: join(path, key), text: key },
    ...textPaths(part, join(path, key)),
  ]);
}

interface Place {
  readonly index: number;
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

function problemsOf(error: z.ZodError, place: Place): EventProblem[] {
  return error.issues.map((issue) => {
    const path = [...place.path, ...issue.path].map(String).reduce(join, '');
    const value = show(valueAt(place.value, issue.path));
    return {
      index: place.index,
      path: shortened(path),
      ...(value === undefined ? {} : { value }),
      problem: shortened(issue.message),
    };
  });
}

function join(path: string, key: string): string {
  if (/^\d+$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  );
}

/** Names of fields come from outside, stand in paths and messages, and can be as long as the body and hold control characters. */
function shortened(text: string): string {
  const visible = text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return visible.length <= 200 ? visible : `${visible.slice(0, 199)}…`;
}

function show(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) return undefined;
  // JSON has no such numbers, but `1e999` is read as one.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const text = JSON.stringify(value);
  return text === undefined || text.length <= 60 ? text : `${text.slice(0, 57)}…"`;
}
