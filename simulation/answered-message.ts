import { PerennialError } from '../domain/perennial-error.ts';
import type { Database } from '../store/database.ts';
import type { UncheckedEvent } from './world.ts';

/**
 * An event about a message, such as a reply, with the `sendId` of the last message to its customer where the event has none:
 * whoever writes a scenario cannot know it. Other events are given back as they are.
 *
 * @param place of the event in the scenario, for the error
 * @throws PerennialError `scenario-invalid` when nothing was sent to the customer yet
 */
export async function withAnsweredMessage(
  db: Database,
  event: UncheckedEvent,
  place: string,
): Promise<UncheckedEvent> {
  const { type, customerId, data } = event;
  if (typeof type !== 'string' || !type.startsWith('message.')) return event;
  if (typeof customerId !== 'string' || !isRecord(data) || 'sendId' in data) return event;
  const sendId = await lastMessageTo(db, customerId);
  if (sendId !== undefined) return { ...event, data: { ...data, sendId } };
  throw new PerennialError(
    'scenario-invalid',
    `${place} is about the last message to "${customerId}", and none has been sent by then. Let it happen later, or see with --explain why nothing was sent.`,
  );
}

async function lastMessageTo(db: Database, customer: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('deliveries as d')
    .innerJoin('customers as c', 'c.id', 'd.customer_id')
    .select('d.id')
    .where('c.external_id', '=', customer)
    .where('d.state', 'in', ['sending', 'accepted', 'unknown'])
    .orderBy('d.sending_at', 'desc')
    .orderBy('d.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
