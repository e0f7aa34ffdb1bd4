import type { FailureClass, Notice } from '../../delivery/channels/receipts.ts';
import type { Arrival } from '../../domain/arrival.ts';
import type { ArrivalWord } from '../../store/record-arrivals.ts';
import { notOurs, nothing, type Effect, type InboxEvent } from './effect.ts';
import { eventOf } from './inbox-event.ts';
import type { InboxRow } from './inbox-rows.ts';
import { leave, type LeavingDependencies } from './leave.ts';
import { ownLinks } from './own-clicks.ts';
import type { SentMessage } from './sent-messages.ts';

/**
 * What a provider's word about a message of ours changes. A send id counts only from the connection by which the message
 * went: an account of one provider must not speak for another (providers reference R-SEC-1).
 */
export async function effectOfReceipt(
  row: InboxRow,
  sent: SentMessage | undefined,
  dependencies: LeavingDependencies,
): Promise<Effect> {
  const { notice } = row;
  if (sent === undefined) return notOurs;
  const isOwn = row.connection === ownLinks;
  // Our own word: the attempt that it is about is over, or about to be recorded as refused.
  if (notice.kind !== 'refused' && !isOwn && !sent.connections.includes(row.connection)) return notOurs;
  if (notice.kind === 'other') return nothing;
  const effect: Effect = {
    outcome: 'applied',
    ...(notice.kind === 'refused' ? {} : { arrival: arrivalOf(row, sent) }),
    events: eventsOf(row, sent),
  };
  return saysStop(notice) ? withLeaving(effect, row, sent, dependencies) : effect;
}

function saysStop(notice: Notice): boolean {
  return notice.kind === 'unsubscribed' || isAbout(notice, 'opted-out');
}

/** An unsubscription is one person's word. A provider that refuses a number has been told to by whoever holds it. */
async function withLeaving(
  effect: Effect,
  row: InboxRow,
  { customer, channel, addressKey }: SentMessage,
  dependencies: LeavingDependencies,
): Promise<Effect> {
  if (channel === null) return effect;
  const leaving =
    row.notice.kind !== 'unsubscribed' && addressKey !== null
      ? { channel, addressKey, customers: [customer] }
      : { channel, customers: [customer] };
  const { events = [], stopWords = [] } = await leave(row, leaving, dependencies);
  return { ...effect, stopWords, events: [...(effect.events ?? []), ...events] };
}

function isAbout(notice: Notice, failure: FailureClass): boolean {
  return (notice.kind === 'failed' || notice.kind === 'refused') && notice.class === failure;
}

function eventsOf(row: InboxRow, { id: sendId }: SentMessage): InboxEvent[] {
  const { notice, connection } = row;
  const bounced = (kind: 'hard' | 'soft') => [
    eventOf(row, { type: 'message.bounced', data: { sendId, kind } }),
  ];
  if (notice.kind === 'bounced') return bounced(notice.hard ? 'hard' : 'soft');
  if (isAbout(notice, 'bad-address')) return bounced('hard');
  if (notice.kind === 'clicked' && connection === ownLinks) {
    return [eventOf(row, { type: 'message.clicked', data: { sendId } })];
  }
  return notice.kind === 'complained' ? [eventOf(row, { type: 'message.complained', data: { sendId } })] : [];
}

function arrivalOf({ connection, notice }: InboxRow, { id, connections }: SentMessage): ArrivalWord {
  const { at } = notice;
  const [only, ...others] = connections;
  return {
    delivery: id,
    // Whoever follows a link has the message: that proves what its one connection did not answer.
    connection: connection === ownLinks && others.length === 0 ? (only ?? connection) : connection,
    providerId: notice.providerId ?? null,
    arrival: arrivalIn(notice),
    code: 'code' in notice ? (notice.code ?? null) : null,
    deliveredAt: notice.kind === 'delivered' ? at : null,
    readAt: notice.kind === 'read' ? at : null,
    clickedAt: notice.kind === 'clicked' ? at : null,
    bouncedAt: notice.kind === 'bounced' ? at : null,
  };
}

/** An opened mail was delivered; whether anybody read it nobody knows, since mail programs open on their own. */
function arrivalIn({ kind }: Notice): Arrival | null {
  switch (kind) {
    case 'sent':
    case 'failed':
    case 'delivered':
    case 'read':
    case 'bounced':
      return kind;
    case 'opened':
    case 'clicked':
    case 'complained':
    case 'unsubscribed':
      return 'delivered';
    case 'accepted':
    case 'deferred':
    case 'inbound':
    case 'refused':
    case 'other':
      return null;
    default:
      return kind satisfies never;
  }
}
