import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** How satisfied a customer was with an order, 1 to 5. */
export interface FeedbackWord {
  /** Our id of the order. */
  readonly order: string;
  readonly score: number;
  readonly at: Instant;
}

/** The newest score of each order counts; of two at the same instant the lower one, so that nobody is overlooked. */
export async function writeFeedback(trx: DatabaseTransaction, words: readonly FeedbackWord[]): Promise<void> {
  const newest = new Map<string, FeedbackWord>();
  for (const word of words) {
    const known = newest.get(word.order);
    if (known === undefined || counts(word, known)) newest.set(word.order, word);
  }
  if (newest.size === 0) return;
  const rows = [...newest.values()]
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ order, score, at }) => ({ order_id: order, score, at: isoOrNull(at) }));
  await sql`
    insert into feedback (order_id, score, at)
    select * from ${recordSet(rows, 'order_id uuid, score integer, at timestamptz')}
    on conflict (order_id) do update set score = excluded.score, at = excluded.at
    where (excluded.at, -excluded.score) > (feedback.at, -feedback.score)
  `.execute(trx);
}

function counts(word: FeedbackWord, known: FeedbackWord): boolean {
  return word.at === known.at ? word.score < known.score : word.at > known.at;
}
