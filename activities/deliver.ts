import { activityInfo } from '@temporalio/activity';
import type { SendOutcome, SendRequest } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import { withoutPersonalData } from './without-personal-data.ts';

/** Sends a list of messages and says what became of each, in the same order. `now` is the instant of this attempt. */
export type Deliver = (requests: readonly SendRequest[], now: Instant) => Promise<readonly SendOutcome[]>;

export interface DeliverInput {
  readonly requests: readonly SendRequest[];
  /** Scenario time minus engine time in milliseconds. */
  readonly clockOffset: number;
}

/** The delivery activity. The engine's attempt time also holds under virtual time, unlike this machine's clock. */
export const deliver = (deliverAll: Deliver) =>
  withoutPersonalData('deliver', ({ requests, clockOffset }: DeliverInput) =>
    deliverAll(requests, activityInfo().currentAttemptScheduledTimestampMs + clockOffset),
  );
