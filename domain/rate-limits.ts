import { PerennialError } from './perennial-error.ts';

/** The connections of real providers; the outbox takes whatever comes. */
const limitable = ['sendgrid', 'smtp', 'twilio-sms', 'twilio-whatsapp'] as const;

export interface RateLimit {
  /** Above 0 and at most 10,000; it may be a fraction. */
  readonly perSecond: number;
}

export type RateLimits = { readonly [C in (typeof limitable)[number]]?: RateLimit };

const fastest = 10_000;

/** @throws PerennialError `rate-limit-invalid`, naming the connection, what was found and what is allowed. */
export function assertRateLimits(limits: Readonly<Record<string, RateLimit | undefined>>): void {
  for (const [connection, limit] of Object.entries(limits)) {
    if (!limitable.some((each) => each === connection)) {
      throw new PerennialError(
        'rate-limit-invalid',
        `limits of perennial.config.ts names "${connection}". Connections that can be limited: ${limitable.join(', ')}.`,
      );
    }
    if (limit === undefined) continue;
    const { perSecond } = limit;
    if (typeof perSecond !== 'number' || !(perSecond > 0 && perSecond <= fastest)) {
      throw new PerennialError(
        'rate-limit-invalid',
        `limits of perennial.config.ts gives ${connection} ${JSON.stringify(perSecond)} messages per second. Write a number above 0 and at most ${fastest}, such as 100 or 0.5.`,
      );
    }
  }
}
