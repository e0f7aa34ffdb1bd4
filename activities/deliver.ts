import type { SendOutcome, SendRequest } from '../domain/delivery.ts';
import { withoutPersonalData } from './without-personal-data.ts';

/** Sends a list of messages and says what became of each, in the same order. When is a matter of its own clock. */
export type Deliver = (requests: readonly SendRequest[]) => Promise<readonly SendOutcome[]>;

export interface DeliverInput {
  readonly requests: readonly SendRequest[];
}

/** The delivery activity. */
export const deliver = (deliverAll: Deliver) =>
  withoutPersonalData('deliver', ({ requests }: DeliverInput) => deliverAll(requests));
