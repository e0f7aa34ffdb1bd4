import { openTwilio } from './open-twilio.ts';
import type { TwilioAccount } from './twilio-account.ts';

/** Whether messages could be sent with an account; nothing is sent. */
export type TwilioCheck =
  | { readonly kind: 'ready' }
  | { readonly kind: 'token-refused'; readonly status: number }
  /** `suspended` or `closed`. */
  | { readonly kind: 'not-active'; readonly state: string }
  | { readonly kind: 'service-unknown'; readonly service: string }
  | { readonly kind: 'unreachable'; readonly code: string };

const limitMs = 5000;

/**
 * Asks Twilio for the account and its Messaging Services. Never throws, takes at most five seconds, changes nothing.
 *
 * @param services `MG…`, as many as are in use
 */
export async function checkTwilio(account: TwilioAccount, services: readonly string[]): Promise<TwilioCheck> {
  const twilio = openTwilio(account);
  const limit = AbortSignal.timeout(limitMs);
  const { outcome, value } = await twilio.ask(limit, (client) =>
    client.api.v2010.accounts(account.accountSid).fetch(),
  );
  if (outcome.kind !== 'answer') return { kind: 'unreachable', code: outcome.code };
  if ([401, 403, 404].includes(outcome.status)) return { kind: 'token-refused', status: outcome.status };
  if (value === undefined) return { kind: 'unreachable', code: `HTTP ${outcome.status}` };
  if (value.status !== 'active') return { kind: 'not-active', state: value.status };

  for (const service of services) {
    const answer = await twilio.ask(limit, (client) => client.messaging.v1.services(service).fetch());
    if (answer.outcome.kind !== 'answer') return { kind: 'unreachable', code: answer.outcome.code };
    if (answer.value === undefined) return { kind: 'service-unknown', service };
  }
  return { kind: 'ready' };
}
