import type { Arrival } from '../../domain/arrival.ts';
import type { CampaignState, DeliveryState, SkipReason } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import { sql } from 'kysely';
import { timestamp, type Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';

const beginning = Date.parse('2026-11-02T00:00:00Z');
/** So many days after the beginning of all these histories. */
export const dayOf = (days: number): Instant => beginning + days * 86_400_000;

const at = (days: number): Date => timestamp(dayOf(days));
const maybeAt = (days: number | undefined): Date | null => (days === undefined ? null : at(days));

export interface EnrolmentFields {
  readonly customer: string;
  readonly journey?: string;
  readonly opened?: number;
  readonly state?: 'open' | 'sealed' | 'closed';
  readonly reason?: string;
  readonly order?: string;
}

export interface DeliveryFields {
  readonly customer: string;
  readonly enrolment?: string;
  readonly recipient?: string;
  /** Of the journey or the campaign. */
  readonly name: string;
  readonly step?: string;
  readonly state?: DeliveryState;
  readonly reason?: SkipReason;
  readonly sending?: number;
  readonly arrival?: Arrival;
  readonly clicked?: number;
  readonly test?: boolean;
}

export interface OrderFields {
  readonly customer: string | null;
  readonly placed?: number;
  readonly paid?: number;
  readonly amount?: number;
  readonly currency?: string;
  readonly state?: 'placed' | 'paid' | 'cancelled' | 'refunded';
  /** Money that went back. */
  readonly refunds?: readonly { readonly amount: number; readonly currency?: string }[];
  /** Units bought and given back, by line. */
  readonly lines?: readonly { readonly quantity: number; readonly refunded: number }[];
}

/** Writes rows as they stand after a history, in the fewest words. Days count from `dayOf(0)`. */
export function createHistory(db: Database) {
  async function customer(fields: { readonly test?: boolean } = {}): Promise<string> {
    const id = newId();
    await db
      .insertInto('customers')
      .values({ ...nobody, id, is_test: fields.test ?? false, created_at: at(0) })
      .execute();
    return id;
  }

  async function enrolment(fields: EnrolmentFields): Promise<string> {
    const { customer: of, journey = 'abandoned-cart', opened = 0, state = 'open', reason, order } = fields;
    const id = newId();
    await db
      .insertInto('enrolments')
      .values({
        id,
        journey,
        version: 1,
        key: id,
        entry: 1,
        customer_id: of,
        opened_at: at(opened),
        opened_by: null,
        due_at: at(opened),
        fact: JSON.stringify(order === undefined ? { customer: of } : { order }),
        sealed_by: null,
        seal_reason: state === 'sealed' ? (reason ?? null) : null,
        exit_reason: state === 'closed' ? (reason ?? null) : null,
      })
      .execute();
    await db.updateTable('enrolments').set({ state }).where('id', '=', id).execute();
    return id;
  }

  async function occurrence(fields: {
    readonly campaign: string;
    readonly scheduled?: number;
    readonly state?: CampaignState;
    readonly test?: boolean;
  }): Promise<string> {
    const id = newId();
    await db
      .insertInto('campaign_occurrences')
      .values({
        id,
        campaign: fields.campaign,
        scheduled_at: at(fields.scheduled ?? 0),
        state: fields.state ?? 'running',
        is_test: fields.test ?? false,
        excludes_buyers_since: null,
        created_at: at(0),
      })
      .execute();
    return id;
  }

  async function recipient(fields: {
    readonly customer: string;
    readonly occurrence: string;
    readonly holdout?: boolean;
    readonly duplicateOf?: string;
  }): Promise<string> {
    const id = newId();
    await db
      .insertInto('campaign_recipients')
      .values({
        id,
        occurrence_id: fields.occurrence,
        customer_id: fields.customer,
        due_at: at(0),
        variant: null,
        holdout: fields.holdout ?? false,
        duplicate_of: fields.duplicateOf ?? null,
      })
      .execute();
    return id;
  }

  async function delivery(fields: DeliveryFields): Promise<string> {
    const { customer: to, enrolment: of, recipient: place, name, state = 'accepted', sending = 0 } = fields;
    const id = newId();
    const hasLeft = state === 'accepted' || state === 'sending' || state === 'unknown';
    await db
      .insertInto('deliveries')
      .values({
        id,
        send_key: id,
        enrolment_id: of ?? null,
        recipient_id: place ?? null,
        journey: of === undefined ? null : name,
        version: of === undefined ? null : 1,
        campaign: place === undefined ? null : name,
        customer_id: to,
        step: fields.step ?? 'reminder#1',
        message: 'reminder',
        purpose: 'marketing',
        class: 'once',
        state,
        reason: fields.reason ?? null,
        channel: hasLeft ? 'email' : null,
        connection: null,
        address_key: null,
        allowance: null,
        locale: null,
        segments: null,
        due_at: at(sending),
        useful_until: at(sending + 2),
        deferred_until: state === 'deferred' ? at(sending + 1) : null,
        decided_at: at(sending),
        sending_at: hasLeft ? at(sending) : null,
        provider_id: null,
        is_test: fields.test ?? false,
        arrival: fields.arrival ?? null,
        arrival_code: null,
        clicked_at: maybeAt(fields.clicked),
      })
      .execute();
    return id;
  }

  async function order(fields: OrderFields): Promise<string> {
    const id = newId();
    const { amount = 1000, currency = 'GBP', refunds = [], lines = [] } = fields;
    await db
      .insertInto('orders')
      .values({
        id,
        order_id: `shop-${id}`,
        customer_id: fields.customer,
        cart_id: null,
        state: fields.state ?? (fields.paid === undefined ? 'placed' : 'paid'),
        channel: null,
        market: null,
        total_amount: amount,
        total_currency: currency,
        placed_at: maybeAt(fields.placed ?? fields.paid),
        paid_at: maybeAt(fields.paid),
      })
      .execute();
    for (const refund of refunds) {
      await db
        .insertInto('refunds')
        .values({ id: newId(), order_id: id, currency, ...refund, at: at(30) })
        .execute();
    }
    for (const [place, line] of lines.entries()) {
      await db
        .insertInto('order_lines')
        .values({
          order_id: id,
          line: place + 1,
          shop_line: null,
          variant: 'tea',
          quantity: line.quantity,
          refunded_quantity: line.refunded,
          price_amount: 100,
          price_currency: currency,
        })
        .execute();
    }
    return id;
  }

  async function review(fields: {
    readonly customer: string;
    readonly day: number;
    readonly order?: string;
  }) {
    const id = newId();
    await db
      .insertInto('reviews')
      .values({
        id,
        review_id: id,
        customer_id: fields.customer,
        order_id: fields.order ?? null,
        shop_line: null,
        variant: null,
        stars: 5,
        at: at(fields.day),
      })
      .execute();
  }

  return { customer, enrolment, occurrence, recipient, delivery, order, review };
}

export async function forgetHistory(db: Database): Promise<void> {
  await sql`
    truncate customers, enrolments, campaign_occurrences, campaign_recipients, deliveries, orders, order_lines, refunds,
      reviews cascade
  `.execute(db);
}

export type History = ReturnType<typeof createHistory>;

const nobody = {
  given_name: null,
  family_name: null,
  locale: null,
  country: null,
  region: null,
  time_zone: null,
  time_zone_source: null,
  preferred_channel: null,
  quiet_until: null,
};
