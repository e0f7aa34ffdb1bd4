import { AsyncLocalStorage } from 'node:async_hooks';
import type { Twilio } from 'twilio';
import type { HttpOutcome } from './http-outcome.ts';
import type { TwilioAccount } from './twilio-account.ts';
import type { Exchange } from './twilio-client.ts';

export interface TwilioConnection {
  /**
   * Makes one call with the maker's client: one HTTP request, or one per page of a list. Never throws: how the last
   * request ended is in `outcome`, and `value` is there when the client could read its answer.
   */
  ask<T>(
    signal: AbortSignal,
    call: (client: Twilio) => Promise<T>,
  ): Promise<{ readonly outcome: HttpOutcome; readonly value?: T }>;
}

/** Longest for one request, in milliseconds; the lease of a ledger row is longer (providers reference 4.3). */
const timeoutMs = 15_000;

/** Connects to an account. The maker's client is large, so it is loaded here and not by those who only read receipts. */
export function openTwilio(account: TwilioAccount): TwilioConnection {
  const exchanges = new AsyncLocalStorage<Exchange>();
  const loading = import('./twilio-client.ts').then(({ createTwilioClient }) =>
    createTwilioClient(account, exchanges),
  );

  return {
    async ask(signal, call) {
      const client = await loading;
      if (signal.aborted) return { outcome: { kind: 'not-sent', code: 'aborted' } };
      const exchange: Exchange = {
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        outcome: { kind: 'not-sent', code: 'not-asked' },
      };
      try {
        const value = await exchanges.run(exchange, () => call(client));
        return { outcome: exchange.outcome, value };
      } catch {
        // What it threw is a retelling of the outcome, with an address in it at times.
        return { outcome: exchange.outcome };
      }
    },
  };
}
