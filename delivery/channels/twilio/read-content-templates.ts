import * as z from 'zod';
import { PerennialError } from '../../../domain/perennial-error.ts';
import type { TwilioConnection } from './open-twilio.ts';

/** A WhatsApp template as Twilio and Meta know it now. */
export interface ContentTemplate {
  /** `HX…`; what a message is sent with. */
  readonly contentSid: string;
  /** The friendly name that it was created under. */
  readonly name: string;
  readonly language: string;
  /** Its text, with places `{{1}}` …; empty for a kind that has none. */
  readonly body: string;
  readonly status: TemplateStatus;
  /** Meta's category; it may differ from the one that was asked for. Absent before it was submitted. */
  readonly category?: string;
  /** Meta's words, when it was rejected. */
  readonly rejection?: string;
}

/** Anything but `approved` must not be sent (R-WA-1). */
export type TemplateStatus =
  'unsubmitted' | 'received' | 'pending' | 'approved' | 'rejected' | 'paused' | 'disabled' | 'other';

const statuses: readonly TemplateStatus[] = [
  'unsubmitted',
  'received',
  'pending',
  'approved',
  'rejected',
  'paused',
  'disabled',
];

const approval = z.object({
  status: z.string(),
  category: z.string().optional(),
  rejection_reason: z.string().nullish(),
});

const patienceMs = 60_000;

/**
 * All content templates of the account with the state of their approval by Meta, by
 * `GET content.twilio.com/v1/ContentAndApprovals` (twilio/twilio-oai, `twilio_content_v1.json`).
 *
 * @throws PerennialError `provider-unreachable`, worth trying again, when the list cannot be read
 */
export async function readContentTemplates(twilio: TwilioConnection): Promise<readonly ContentTemplate[]> {
  const { outcome, value } = await twilio.ask(AbortSignal.timeout(patienceMs), (client) =>
    client.content.v1.contentAndApprovals.list({ pageSize: 500 }),
  );
  if (value === undefined) {
    const said = outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.code;
    throw new PerennialError(
      'provider-unreachable',
      `The list of WhatsApp templates could not be read from Twilio (${said}). Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, then try again.`,
      { retryable: true },
    );
  }
  return value.map(({ sid, friendlyName, language, types, approvalRequests }) => ({
    contentSid: sid,
    name: friendlyName,
    language,
    body: bodyOf(types),
    ...approvalOf(approvalRequests),
  }));
}

const kinds = z.record(z.string(), z.object({ body: z.string().optional() }).loose());

/** A template has one kind, such as `twilio/text`, and that has the text. */
function bodyOf(types: unknown): string {
  const found = Object.values(kinds.safeParse(types).data ?? {});
  return found.find(({ body }) => body !== undefined)?.body ?? '';
}

function approvalOf(request: unknown): Pick<ContentTemplate, 'status' | 'category' | 'rejection'> {
  const { data } = approval.safeParse(request);
  if (data === undefined) return { status: 'unsubmitted' };
  const { category = '', rejection_reason: rejection } = data;
  return {
    status: statuses.find((each) => each === data.status) ?? 'other',
    ...(category === '' ? {} : { category: category.toLowerCase() }),
    ...(rejection ? { rejection } : {}),
  };
}
