import * as z from 'zod';

/** What SendGrid says to a request that it does not take. */
export class Refusal extends Error {
  readonly status: number;
  readonly field: string | null;

  constructor(status: number, message: string, field: string | null = null) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

const toggle = z.strictObject({ enable: z.boolean() });
const mailbox = z.strictObject({ email: z.email(), name: z.string().optional() });
const recipient = mailbox.extend({
  name: z
    .string()
    .regex(/^[^;,]*$/, 'must not contain ; or ,')
    .optional(),
});
/** Set by SendGrid itself. */
const takenHeaders =
  /^(x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i;
const headers = z.record(
  z
    .string()
    .regex(/^[\w-]+$/)
    .refine((name) => !takenHeaders.test(name), 'is reserved'),
  z.string(),
);

/**
 * The body of `POST /v3/mail/send`, after `tsg_mail_v3.json` of github twilio/sendgrid-oai (read 2026-11-23) and stricter:
 * what the shop has no reason to use is refused, above all the switches that override suppressions.
 */
export const mailBody = z.strictObject({
  personalizations: z
    .array(z.strictObject({ to: z.array(recipient).min(1).max(1000), custom_args: z.never().optional() }))
    .min(1)
    .max(1000),
  from: mailbox,
  reply_to: mailbox.optional(),
  subject: z.string().min(1),
  content: z
    .array(z.strictObject({ type: z.string().min(1), value: z.string().min(1) }))
    .min(1)
    .refine(
      ([first, ...rest]) => !rest.some(({ type }) => type === 'text/plain') || first?.type === 'text/plain',
      {
        error: 'text/plain must be the first',
      },
    ),
  headers: headers.optional(),
  categories: z
    .array(z.string().max(255))
    .max(10)
    .refine((names) => new Set(names).size === names.length, 'must be unique')
    .optional(),
  custom_args: z
    .record(z.string(), z.string())
    .refine((args) => JSON.stringify(args).length < 10_000, 'may not exceed 10000 bytes')
    .optional(),
  tracking_settings: z
    .strictObject({
      click_tracking: toggle.extend({ enable_text: z.boolean().optional() }).optional(),
      open_tracking: toggle.extend({ substitution_tag: z.string().optional() }).optional(),
      subscription_tracking: toggle.optional(),
      ganalytics: toggle.optional(),
    })
    .optional(),
});
export type MailBody = z.infer<typeof mailBody>;

/** @throws Refusal naming the first field that is wrong, as SendGrid does: `personalizations.0.to.0.email` */
export function readMailBody(json: string): MailBody {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Refusal(400, 'Bad Request');
  }
  const { data, error } = mailBody.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  throw new Refusal(400, issue?.message ?? 'Bad Request', [...(issue?.path ?? []), ...unknownKey].join('.'));
}
