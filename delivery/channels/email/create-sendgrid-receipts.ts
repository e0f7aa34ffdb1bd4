import type { ReceiptReading, Receipts, WebhookRequest } from '../receipts.ts';
import { noticeOf } from './sendgrid-events.ts';
import { hasSignature, readWebhookKey, timestampHeader, whyNotGenuine } from './sendgrid-signature.ts';

export interface SendgridReceiptsOptions {
  /** The verification key of the event webhook: base64 of SPKI DER. */
  readonly webhookKey: string;
  /** As the channel's. Default `sendgrid`. */
  readonly connection?: string;
  /**
   * How old a signature may be, in milliseconds. Default 25 hours: SendGrid tries for 24, and whether it signs anew each
   * time is not documented. A repetition within it does no harm, since its events are known by their ids.
   */
  readonly windowMs?: number;
}

const usualWindowMs = 25 * 3_600_000;
/** SendGrid sends batches of well under one megabyte; whatever is larger is not read. */
const largestBody = 5_000_000;

/**
 * SendGrid's signed event webhooks.
 *
 * @throws PerennialError `environment-invalid` when the key is none. Reading never throws.
 */
export function createSendgridReceipts(options: SendgridReceiptsOptions): Receipts {
  const { webhookKey, connection = 'sendgrid', windowMs = usualWindowMs } = options;
  const key = readWebhookKey(webhookKey);

  function read(request: WebhookRequest): ReceiptReading {
    if (request.rawBody.length > largestBody) return { kind: 'refused', why: 'malformed' };
    const why = whyNotGenuine(request, key, windowMs);
    if (why !== undefined) return { kind: 'refused', why };
    const events = parse(request.rawBody);
    if (!Array.isArray(events)) return { kind: 'refused', why: 'malformed' };
    const signedAt = Number(request.headers[timestampHeader]) * 1000;
    return { kind: 'genuine', notices: events.map((event: unknown) => noticeOf(event, signedAt)) };
  }

  return { connection, believedForMs: windowMs, hasSignature, read };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
