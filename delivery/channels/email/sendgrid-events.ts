import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Instant } from '../../../domain/instant.ts';
import type { FailureClass, News, Notice } from '../receipts.ts';
import { providerIdOf } from './sendgrid-ids.ts';
import { sendIdArgument } from './sendgrid-mail.ts';
import { aheadMs } from './sendgrid-signature.ts';

/** The reference of SendGrid's events; read 2026-11-22. */
const reference = 'www.twilio.com/docs/sendgrid/for-developers/tracking-events/event';

interface Drop {
  readonly code: string;
  readonly class: FailureClass;
  readonly source: string;
}

/** Why SendGrid dropped a message that it had accepted, by the `reason` it gives. A new one is kept as `dropped`. */
export const sendgridDrops: Readonly<Record<string, Drop>> = {
  'bounced address': { code: 'dropped-bounced', class: 'bad-address', source: reference },
  invalid: { code: 'dropped-invalid', class: 'bad-address', source: reference },
  'unsubscribed address': { code: 'dropped-unsubscribed', class: 'opted-out', source: reference },
  'spam reporting address': { code: 'dropped-complained', class: 'opted-out', source: reference },
  'spam content': { code: 'dropped-spam-content', class: 'content', source: reference },
  'invalid smtpapi header': { code: 'dropped-header', class: 'content', source: reference },
  'recipient list over package quota': { code: 'dropped-quota', class: 'connection', source: reference },
};

const text = z.string().max(10_000).optional().catch(undefined);

/** Only what is used here has to be right; everything else may be missing, wrong or new. */
const eventShape = z.object({
  event: z.string().max(100),
  timestamp: z.number().int().positive().optional().catch(undefined),
  // Base64 with the letters of URLs: it becomes a key in our database.
  sg_event_id: z
    .string()
    .regex(/^[\w+/=-]{1,100}$/)
    .optional()
    .catch(undefined),
  sg_message_id: text,
  [sendIdArgument]: z.uuid().optional().catch(undefined),
  type: text,
  status: text,
  reason: text,
  response: text,
  bounce_classification: text,
  attempt: z
    .union([z.string().max(20), z.number()])
    .optional()
    .catch(undefined),
  category: z
    .union([text, z.array(z.string()).max(20)])
    .optional()
    .catch(undefined),
});
type Event = z.infer<typeof eventShape>;

/**
 * One event as a notice. Nothing is refused here: an event of a kind that SendGrid has invented since, or that cannot be
 * read at all, becomes a notice of kind `other` beside its neighbours.
 *
 * @param signedAt stands in for an event without an instant, and for one that would happen only after it was told: an
 * opt-out of the year 2300 has to hold from now on
 */
export function noticeOf(value: unknown, signedAt: Instant): Notice {
  const { data: event } = eventShape.safeParse(value);
  if (event === undefined)
    return { kind: 'other', name: 'unreadable', id: digest(value), at: signedAt, raw: {} };
  const sendId = event[sendIdArgument];
  return {
    ...newsOf(event),
    id: event.sg_event_id ?? digest(value),
    at: instantOf(event, signedAt),
    ...(sendId === undefined ? {} : { sendId }),
    ...(event.sg_message_id ? { providerId: providerIdOf(event.sg_message_id) } : {}),
    raw: rawOf(event),
  };
}

function instantOf({ timestamp }: Event, signedAt: Instant): Instant {
  const at = timestamp === undefined ? signedAt : timestamp * 1000;
  return at > signedAt + aheadMs ? signedAt : at;
}

function newsOf(event: Event): News {
  switch (event.event) {
    case 'processed':
      return { kind: 'accepted' };
    case 'delivered':
      return { kind: 'delivered' };
    case 'deferred':
      return { kind: 'deferred', ...codeIn(event) };
    case 'bounce':
      return { kind: 'bounced', hard: isHard(event), ...codeIn(event) };
    case 'dropped':
      return { kind: 'failed', ...dropOf(event) };
    case 'open':
      return { kind: 'opened' };
    case 'click':
      return { kind: 'clicked' };
    case 'spamreport':
      return { kind: 'complained' };
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { kind: 'unsubscribed' };
    default:
      return { kind: 'other', name: event.event };
  }
}

/** `blocked` is this message turned away, not the address; so is a status 4.x.x, a fault that passes (RFC 3463). */
function isHard({ type, status }: Event): boolean {
  return type !== 'blocked' && status?.startsWith('4') !== true;
}

function dropOf({ reason }: Event): { code: string; class: FailureClass } {
  const known = sendgridDrops[reason?.trim().toLowerCase() ?? ''];
  return known === undefined
    ? { code: 'dropped', class: 'unknown' }
    : { code: known.code, class: known.class };
}

/** `550 5.1.1` out of what the recipient's server said: its sentence repeats addresses. */
function codeIn({ status, reason, response }: Event): { code?: string } {
  const said = reason ?? response ?? '';
  const reply = /\b[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?\b/.exec(said)?.[0].replace('-', ' ');
  const code = reply ?? /^[245]\.\d{1,3}\.\d{1,3}$/.exec(status ?? '')?.[0];
  return code === undefined ? {} : { code };
}

/** For people: without the address, the network and the device, and with addresses that a server quotes blacked out. */
function rawOf(event: Event): Record<string, unknown> {
  const { [sendIdArgument]: _, ...rest } = event;
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    present.map(([key, value]) => [key, typeof value === 'string' ? withoutAddresses(value) : value]),
  );
}

const longestWords = 300;

function withoutAddresses(words: string): string {
  return words
    .replace(/[^\s<>()[\]"',;:]+/g, (word) => (word.includes('@') ? '(address)' : word))
    .slice(0, longestWords);
}

/** An event without an id of its own is known again by what it says. */
function digest(value: unknown): string {
  return createHash('sha256').update(textOf(value)).digest('base64url');
}

/** What is nested too deeply can be read and not written. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
