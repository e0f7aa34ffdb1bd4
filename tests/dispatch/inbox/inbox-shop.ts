import type { Notice } from '../../../delivery/channels/receipts.ts';
import { createInbox } from '../../../dispatch/inbox/create-inbox.ts';
import type { ChannelName } from '../../../domain/channel-name.ts';
import type { SendOutcome, SendRequest } from '../../../domain/delivery.ts';
import { createIntake } from '../../../intake/create-intake.ts';
import { openDeliveryShop, requestOf, tenOClock, type ShopOptions } from '../../delivery/delivery-shop.ts';

/** What a notice says, without its head. */
export type News = Notice extends infer One
  ? One extends Notice
    ? Omit<One, 'id' | 'at' | 'raw'>
    : never
  : never;

let notices = 0;

/** A notice of its own, of now unless it says otherwise. */
export function noticeOf(news: News, head: { readonly id?: string; readonly at?: number } = {}): Notice {
  return { id: `notice-${(notices += 1)}`, at: tenOClock, raw: {}, ...head, ...news };
}

/** A delivery shop with an intake and an inbox, and customers whom events can name. */
export async function openInboxShop(options: ShopOptions = {}) {
  const shop = await openDeliveryShop(options);
  const { db, clock } = shop;
  const intake = createIntake({ db, journeys: [], clock, home: shop.deps.shop.home });
  const warned: unknown[] = [];
  const log = { warn: (details: object, message: string) => void warned.push({ ...details, message }) };
  const inbox = createInbox({ db, intake, clock, log });

  /** Somebody the shop knows as `name`, with consent to everything, and their id. */
  async function named(name: string, addresses: { email?: string; phone?: string }): Promise<string> {
    const occurredAt = new Date(tenOClock - 86_400_000).toISOString();
    const around = { occurredAt, customerId: name };
    await intake.accept([
      { ...around, id: `${name}-known`, type: 'customer.updated', data: addresses },
      {
        ...around,
        id: `${name}-consents`,
        type: 'consent.changed',
        data: { channel: 'all', purpose: 'marketing', state: 'granted', basis: 'test' },
      },
    ]);
    const { id } = await db
      .selectFrom('customers')
      .select('id')
      .where('external_id', '=', name)
      .executeTakeFirstOrThrow();
    return id;
  }

  /** Sends somebody one message and tells what became of it. */
  async function send(
    customer: string,
    changes: Parameters<typeof requestOf>[1] = {},
  ): Promise<{ request: SendRequest; outcome: SendOutcome | undefined; sendId: string; customer: string }> {
    const request = requestOf(await shop.enrolment(customer), changes);
    const [outcome] = await shop.deliver([request]);
    const { id } = await shop.row(request);
    return { request, outcome, sendId: id, customer };
  }

  return {
    ...shop,
    intake,
    inbox,
    warned,
    named,
    send,
    /** What a provider tells, kept and in effect. */
    tell: async (connection: string, ...told: readonly Notice[]) => {
      await inbox.keep(connection, told);
      await inbox.drain();
    },
    delivery: (id: string) =>
      db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    /** Events of a type about one customer, in the order in which they happened. */
    events: async (type: string, customer: string): Promise<Record<string, unknown>[]> => {
      const rows = await db
        .selectFrom('events')
        .select(['type', 'envelope'])
        .where('customer_id', '=', customer)
        .orderBy('occurred_at')
        .orderBy('id')
        .execute();
      return rows.flatMap((row) => (row.type === type && row.envelope !== null ? [row.envelope] : []));
    },
    consent: async (customer: string, channel: ChannelName) => {
      const word = await db
        .selectFrom('current_consents')
        .select('state')
        .where('customer_id', '=', customer)
        .where('channel', '=', channel)
        .executeTakeFirst();
      return word?.state;
    },
    kept: () => db.selectFrom('inbox').selectAll().orderBy('number').execute(),
  };
}

export type InboxShop = Awaited<ReturnType<typeof openInboxShop>>;
