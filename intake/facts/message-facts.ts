import type { EventOf } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DeliveryOwner } from '../../store/find-deliveries.ts';
import type { Knowledge } from './knowledge.ts';

export type MessageEvent = EventOf<
  'message.clicked' | 'message.replied' | 'message.bounced' | 'message.complained'
>;

/**
 * A click stands in the ledger when it is accepted, so that reports are right at once. A hard bounce condemns the address,
 * for whoever has it. A complaint silences marketing to the person and to the address: households share both.
 */
export function applyMessageEvent(
  knowledge: Knowledge,
  delivery: DeliveryOwner,
  { event, at }: { event: MessageEvent; at: Instant },
): void {
  const { channel, addressKey, customer } = delivery;
  if (event.type === 'message.clicked') knowledge.clicks.push({ delivery: delivery.id, at });
  if (event.type === 'message.bounced' && event.data.kind === 'hard' && addressKey !== null) {
    knowledge.suppressions.push({
      customer: null,
      addressKey,
      channel,
      scope: 'everything',
      reason: 'hard-bounce',
      at,
    });
  }
  if (event.type === 'message.complained') {
    knowledge.suppressions.push({
      customer,
      addressKey: null,
      channel: null,
      scope: 'marketing',
      reason: 'complaint',
      at,
    });
    if (addressKey === null) return;
    knowledge.suppressions.push({
      customer: null,
      addressKey,
      channel,
      scope: 'marketing',
      reason: 'complaint',
      at,
    });
  }
}
