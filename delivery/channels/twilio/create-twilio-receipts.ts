import type { Notice, ReceiptReading, Receipts, Refusal, WebhookRequest } from '../receipts.ts';
import { noticeOfInbound, noticeOfStatus } from './notices-of-fields.ts';
import { isSignedBody, isSignedByTwilio, type SignedRequest } from './twilio-signature.ts';
import { inboundFields, isCutElsewhere, statusFields } from './webhook-fields.ts';

export interface TwilioReceiptsOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** The other token of the account, while they are being exchanged. */
  readonly secondaryAuthToken?: string;
  /** As the channel's: `twilio-sms` or `twilio-whatsapp`. */
  readonly connection: string;
}

type Fields = SignedRequest['fields'];

/** The longest message has 1,600 letters, which is 15 kB at most in a form; the rest is short. */
const largestBody = 128_000;
const mostFields = 200;
const signatureHeader = 'x-twilio-signature';
const sendIds = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Twilio's status callbacks and the messages that customers write.
 *
 * A signature of Twilio has no date, so a genuine webhook stays genuine for ever. What makes a repetition harmless is the
 * id of its notice: the message and its status. Reading never throws.
 */
export function createTwilioReceipts(options: TwilioReceiptsOptions): Receipts {
  const { accountSid, authToken, secondaryAuthToken, connection } = options;
  const authTokens = [authToken, ...(secondaryAuthToken === undefined ? [] : [secondaryAuthToken])];

  function read({ rawBody, headers, url, now }: WebhookRequest): ReceiptReading {
    const signature = headers[signatureHeader] ?? '';
    if (signature === '') return refused('unsigned');
    if (rawBody.length > largestBody || !URL.canParse(url)) return refused('malformed');

    const query = new URL(url).searchParams;
    const bodySha256 = query.get('bodySHA256');
    const form = bodySha256 === null ? formOf(rawBody) : {};
    if (form === undefined) return refused('malformed');
    if (!isSignedByTwilio({ url, signature, fields: form }, authTokens)) return refused('forged');
    if (bodySha256 !== null && !isSignedBody(rawBody, bodySha256)) return refused('forged');

    const fields = bodySha256 === null ? form : fieldsOfJson(rawBody);
    const notice = noticeOf(fields, query.getAll('s'), now);
    if (notice === undefined) return refused('malformed');
    return fields?.['AccountSid'] === accountSid ? { kind: 'genuine', notices: [notice] } : refused('forged');
  }

  return { connection, hasSignature, read };
}

function hasSignature(headers: WebhookRequest['headers']): boolean {
  return Boolean(headers[signatureHeader]);
}

const refused = (why: Refusal): ReceiptReading => ({ kind: 'refused', why });

/** Known fields are picked only now that all of them have been verified; the rest may change without notice. */
function noticeOf(
  fields: Fields | undefined,
  sendIdsGiven: readonly string[],
  now: number,
): Notice | undefined {
  const [sendId, ...others] = sendIdsGiven;
  if (others.length > 0 || (sendId !== undefined && !sendIds.test(sendId))) return undefined;
  if (Object.entries(fields ?? {}).some(([name, value]) => isCutElsewhere(name, String(value))))
    return undefined;
  const status = statusFields.safeParse(fields);
  if (status.success && !isInbound(fields)) return noticeOfStatus(status.data, sendId, now);
  const inbound = inboundFields.safeParse(fields);
  // A status callback with its essence cut out must not pass for a message, and the other way round.
  if (inbound.success && sendId === undefined) return noticeOfInbound(inbound.data, now);
  return undefined;
}

function isInbound(fields: Fields | undefined): boolean {
  return fields !== undefined && 'Body' in fields;
}

/** `undefined` when there are too many. A field that comes twice has a list, which no form of a field fits. */
function formOf(rawBody: Buffer): Fields | undefined {
  const pairs = [...new URLSearchParams(rawBody.toString('utf8'))];
  if (pairs.length > mostFields) return undefined;
  const fields = new Map<string, string | readonly string[]>();
  for (const [name, value] of pairs) {
    const earlier = fields.get(name);
    fields.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  return Object.fromEntries(fields);
}

function fieldsOfJson(rawBody: Buffer): Fields | undefined {
  try {
    const body: unknown = JSON.parse(rawBody.toString('utf8'));
    return typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : undefined;
  } catch {
    return undefined;
  }
}
