import { setTimeout as pause } from 'node:timers/promises';
import type { NotNull } from 'kysely';
import type { Instant } from '../../domain/instant.ts';
import type { SentMessage } from '../../simulation/memory-channel.ts';
import type { World, WorldEvent } from '../../simulation/world.ts';
import { createShop, mug, tea } from '../kit/shop.ts';
import type { Action, History, Who } from './history.ts';

/** What was accepted, and when: the yardstick for what may be sent. */
export interface Accepted {
  readonly action: Action;
  readonly acceptedAt: Instant;
  readonly occurredAt: Instant;
}

/** A history that was played, with everything that came of it. */
export interface Played {
  readonly history: History;
  readonly accepted: readonly Accepted[];
  readonly sent: readonly SentMessage[];
  readonly enrolments: readonly PlayedEnrolment[];
  readonly deliveries: readonly PlayedDelivery[];
}

export interface PlayedEnrolment {
  readonly id: string;
  readonly journey: string;
  readonly state: string;
  readonly openedAt: Instant;
  readonly factAt: Instant;
  /** Whose it was when it was opened. */
  readonly who: Who;
  readonly exitReason: string | null;
}

export interface PlayedDelivery {
  readonly id: string;
  readonly enrolment: string;
  readonly step: string;
  readonly state: string;
  readonly reason: string | null;
  readonly allowance: string | null;
  readonly sendKey: string;
}

let histories = 0;

/**
 * Plays a history with people of its own in a world that others have used before, and lets everything come to its end.
 * The last step is followed by two weeks in which nothing more happens.
 */
export async function play(world: World, history: History): Promise<Played> {
  histories += 1;
  const prefix = `h${histories}`;
  const shop = createShop(world);
  const idOf = (who: Who) => `${prefix}-${who}`;
  const cartOf = (cart: string) => `${prefix}-cart-${cart}`;
  const accepted: Accepted[] = [];
  const told: WorldEvent[] = [];
  const sentBefore = world.outbox().length;

  await world.advance(`${history.begins} minutes`);
  await shop.open();
  for (const who of ['mina', 'mina-at-work'] as const) {
    await shop.greet(idOf(who), {
      consents: history.channels,
      timeZone: history.timeZone,
      ...(history.channels.includes('sms') && { phone: phoneOf(histories, who) }),
    });
    for (const channel of history.channels)
      note({ do: 'consent', who, channel, state: 'granted' }, world.now());
  }

  for (const { wait, late, action } of history.steps) {
    await world.advance(`${wait} minutes`);
    const occurredAt = world.now() - late * 60_000;
    await act(action, occurredAt);
  }
  await world.advance('14 days');
  return collect();

  async function act(action: Action, occurredAt: Instant): Promise<void> {
    if (action.do === 'restart-worker') {
      // What was just begun may still be in the air.
      await Promise.all([world.restartWorker(), pause(0)]);
      return;
    }
    if (action.do === 'repeat') {
      const again = told[action.which % Math.max(1, told.length)];
      if (again !== undefined) await world.track(again);
      return;
    }
    if (action.do === 'merge' && accepted.some((each) => each.action.do === 'merge')) return;
    const event = {
      ...eventOf(action),
      id: `${prefix}-event-${told.length}`,
      occurredAt: new Date(occurredAt).toISOString(),
    };
    told.push(event);
    await world.track(event);
    note(action, occurredAt);
  }

  function note(action: Action, occurredAt: Instant): void {
    accepted.push({ action, acceptedAt: world.now(), occurredAt });
  }

  function eventOf(action: Exclude<Action, { do: 'repeat' | 'restart-worker' }>): WorldEvent {
    switch (action.do) {
      case 'cart':
        return shop.cart(idOf(action.who), cartOf(action.cart), action.items === 1 ? [tea] : [tea, mug]);
      case 'empty':
        return { type: 'cart.emptied', customerId: idOf(action.who), data: { cartId: cartOf(action.cart) } };
      case 'checkout':
        return shop.checkout(idOf(action.who), cartOf(action.cart));
      case 'order': {
        const order = shop.order(idOf(action.who), action.cart ? { cartId: cartOf(action.cart) } : {});
        if (order.type !== 'order.placed') return order;
        return { ...order, data: { ...order.data, orderId: `${prefix}-${order.data.orderId}` } };
      }
      case 'consent':
        return shop.consent(idOf(action.who), action.channel, action.state);
      case 'sell-out':
        return shop.product('tea', { stock: 0 });
      case 'restock':
        return shop.product('tea', { stock: 20 });
      case 'merge':
        return { type: 'customer.merged', data: { from: idOf('mina-at-work'), into: idOf('mina') } };
      default:
        return action satisfies never;
    }
  }

  async function collect(): Promise<Played> {
    const rows = await world.db
      .selectFrom('enrolments as e')
      .innerJoin('events as opening', 'opening.id', 'e.opened_by')
      .select(['e.id', 'e.journey', 'e.state', 'e.opened_at', 'e.fact', 'e.exit_reason', 'opening.envelope'])
      .where('e.opened_by', 'like', `${prefix}-event-%`)
      .orderBy('e.opened_at')
      .execute();
    const enrolments = rows.map((row): PlayedEnrolment => ({
      id: row.id,
      journey: row.journey,
      state: row.state,
      openedAt: row.opened_at,
      factAt: row.fact.at,
      who: row.envelope?.['customerId'] === idOf('mina-at-work') ? 'mina-at-work' : 'mina',
      exitReason: row.exit_reason,
    }));
    const deliveries =
      enrolments.length === 0
        ? []
        : await world.db
            .selectFrom('deliveries')
            .select([
              'id',
              'enrolment_id as enrolment',
              'step',
              'state',
              'reason',
              'allowance',
              'send_key as sendKey',
            ])
            .where(
              'enrolment_id',
              'in',
              enrolments.map(({ id }) => id),
            )
            .$narrowType<{ enrolment: NotNull }>()
            .execute();
    return { history, accepted, sent: world.outbox().slice(sentBefore), enrolments, deliveries };
  }
}

function phoneOf(history: number, who: Who): string {
  return `+4477${String(history).padStart(6, '0')}${who === 'mina' ? '01' : '02'}`;
}
