import { reasonSentences, type SkipReason } from '../../domain/delivery.ts';
import type { DeliveryRecord, EnrolmentRecord } from '../../simulation/records.ts';

/** What became of the messages of one journey or campaign. */
export interface MessageCount {
  readonly of: string;
  readonly message: string;
  readonly outcome: 'sent' | 'not sent' | 'waits';
  /** The channel of a message that was sent; of one that was not, nothing was chosen or it does not matter. */
  readonly channel: string;
  readonly why: string;
  readonly count: number;
}

/** How passages through one journey ended. */
export interface PassageCount {
  readonly journey: string;
  readonly ended: string;
  readonly count: number;
}

export interface Summary {
  readonly messages: readonly MessageCount[];
  readonly passages: readonly PassageCount[];
}

/** By journey, channel and reason; in an order that is the same each time. */
export function summarise(deliveries: readonly DeliveryRecord[], enrolments: readonly EnrolmentRecord[]): Summary {
  return {
    messages: counted(deliveries.map(messageOf)),
    passages: counted(
      enrolments.map(({ journey, state, exitReason }) => ({
        journey,
        ended: state === 'open' ? 'still under way' : (exitReason ?? 'unknown'),
      })),
    ),
  };
}

function messageOf({ journey, step, state, channel, reason }: DeliveryRecord): Omit<MessageCount, 'count'> {
  const what = { of: journey, message: step.replace(/#\d+$/, '') };
  if (state === 'accepted' || state === 'sending') {
    return { ...what, outcome: 'sent', channel: channel ?? '', why: '' };
  }
  return {
    ...what,
    outcome: state === 'deferred' ? 'waits' : 'not sent',
    channel: '',
    why: sentenceOf(reason ?? state),
  };
}

/** Equal rows once, with how many there are; the order is that of the row's words, the frequent first within a message. */
function counted<Row extends Readonly<Record<string, string>>>(rows: readonly Row[]): (Row & { count: number })[] {
  const counts = new Map<string, { row: Row; count: number }>();
  for (const row of rows) {
    const key = JSON.stringify(row);
    counts.set(key, { row, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { row, count }]) => ({ ...row, count }));
}

function sentenceOf(reason: string): string {
  return isSkipReason(reason) ? reasonSentences[reason] : reason;
}

function isSkipReason(reason: string): reason is SkipReason {
  return Object.hasOwn(reasonSentences, reason);
}
