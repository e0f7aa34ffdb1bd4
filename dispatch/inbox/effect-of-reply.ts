import { meaningOfReply, readReply } from '../../domain/opt-out-words.ts';
import { addressKeyOf } from '../../store/customers.ts';
import type { Effect } from './effect.ts';
import { eventOf } from './inbox-event.ts';
import type { InboxRow } from './inbox-rows.ts';
import type { Notice } from '../../delivery/channels/receipts.ts';
import { leave, type LeavingDependencies } from './leave.ts';
import { findAnswered, findOwners } from './sent-messages.ts';

export type InboundNotice = Extract<Notice, { kind: 'inbound' }>;

const longestText = 4000;

/**
 * What a message from a customer changes. Unless the provider says what it answers, it answers what went last to that
 * address by that channel, so of people who share a telephone it is the one whom we wrote to last. An opt-out holds for the number, whoever has it, and also when
 * nobody does.
 *
 * Our reading of an opt-out is added to the provider's: a provider knows single words, and the law any reasonable wording
 * (providers reference R-TW-1).
 */
export async function effectOfReply(
  row: InboxRow,
  notice: InboundNotice,
  dependencies: LeavingDependencies,
): Promise<Effect> {
  const { db } = dependencies;
  const { channel, at } = notice;
  const addressKey = addressKeyOf(notice.from);
  const answered = await findAnswered(db, { channel, addressKey, at, providerId: notice.providerId });
  const owners = await findOwners(db, addressKey);
  const [only, ...others] = owners;
  const customer = answered?.customer ?? (others.length === 0 ? only : undefined);

  const reading = readReply(notice.text);
  const meaning = meaningOfReply(reading, notice.keyword);
  // "HELP" is answered by the provider; whoever looks after replies should see it all the same.
  const isOrder = reading.bare && meaning !== 'help';
  const isReply = answered !== undefined && !isOrder && notice.text.trim() !== '';
  const leaving =
    meaning === 'stop'
      ? await leave(
          row,
          { channel, addressKey, customers: answered === undefined ? [] : [answered.customer] },
          dependencies,
        )
      : {};

  return {
    outcome: customer === undefined && meaning === undefined ? 'nobody' : 'applied',
    stopWords: meaning === 'start' ? [{ addressKey, channel, word: 'start', at }] : (leaving.stopWords ?? []),
    events: [
      ...(leaving.events ?? []),
      ...(isReply
        ? [eventOf(row, { type: 'message.replied', data: { sendId: answered.id, text: textOf(notice) } })]
        : []),
    ],
    ...(customer === undefined
      ? {}
      : { inbound: { id: row.id, customer, channel, addressKey, at, delivery: answered?.id ?? null } }),
  };
}

/** Cut between two characters, never inside one. */
function textOf({ text }: InboundNotice): string {
  const cut = text.slice(0, longestText);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
