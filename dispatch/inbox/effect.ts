import type { InboundRecord } from '../../store/inbound.ts';
import type { ArrivalWord } from '../../store/record-arrivals.ts';
import type { StopWord } from '../../store/stop-words.ts';
import type { NoticeOutcome } from './notice-outcome.ts';

/** Everything that a notice changes. Each part may be done again without harm. */
export interface Effect {
  readonly outcome: NoticeOutcome;
  readonly stopWords?: readonly StopWord[];
  /** For intake, with ids that follow from the notice: told again, they are duplicates. */
  readonly events?: readonly InboxEvent[];
  readonly arrival?: ArrivalWord;
  readonly inbound?: InboundRecord;
}

export interface InboxEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly source: string;
  readonly customerId?: string;
  readonly anonymousId?: string;
  readonly data: object;
}

export const nothing: Effect = { outcome: 'nothing-to-do' };
export const notOurs: Effect = { outcome: 'not-ours' };
