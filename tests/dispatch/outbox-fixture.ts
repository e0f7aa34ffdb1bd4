import { sql } from 'kysely';
import type { EventName } from '../../domain/events/catalogue.ts';
import { newId } from '../../store/new-id.ts';
import { timestamp, type Database } from '../../store/database.ts';

/** Writes what intake would have written, so that the dispatcher can be tested alone. */
export function createOutboxFixture(db: Database, now: number) {
  let customer: string | undefined;
  let keys = 0;

  async function anyCustomer(): Promise<string> {
    customer ??= await insertCustomer();
    return customer;
  }

  async function insertCustomer(): Promise<string> {
    const id = newId();
    await db
      .insertInto('customers')
      .values({ id, created_at: timestamp(now) })
      .execute();
    return id;
  }

  /** An enrolment with its start in the outbox. */
  async function open(dueAt = now): Promise<string> {
    const id = newId();
    keys += 1;
    await db
      .insertInto('enrolments')
      .values({
        id,
        journey: 'a-journey',
        version: 1,
        key: `key-${keys}`,
        entry: 1,
        customer_id: await anyCustomer(),
        opened_at: timestamp(now),
        due_at: timestamp(dueAt),
        fact: JSON.stringify({ customer: await anyCustomer(), at: now }),
      })
      .execute();
    await append(id, 'start', { startAt: dueAt });
    return id;
  }

  async function seal(enrolment: string, event: EventName = 'order.placed'): Promise<void> {
    await db
      .updateTable('enrolments')
      .set({ state: 'sealed', sealed_at: timestamp(now), seal_reason: event })
      .where('id', '=', enrolment)
      .execute();
  }

  async function signal(
    enrolment: string,
    { event = 'message.replied', ends = false }: { event?: EventName; ends?: boolean } = {},
  ): Promise<string> {
    return append(enrolment, 'signal', { event, fact: {}, at: now, ends });
  }

  async function append(
    enrolment: string,
    kind: 'start' | 'signal',
    payload: Record<string, unknown>,
  ): Promise<string> {
    const { id } = await db
      .insertInto('outbox')
      .values({
        enrolment_id: enrolment,
        kind,
        event_id: `event-of-${enrolment}`,
        payload: JSON.stringify(payload),
        created_at: timestamp(now),
      })
      .returning(sql<string>`id::text`.as('id'))
      .executeTakeFirstOrThrow();
    return id;
  }

  async function standing(enrolment: string) {
    return db
      .selectFrom('enrolments')
      .select(['state', 'dispatched_at', 'exit_reason'])
      .where('id', '=', enrolment)
      .executeTakeFirstOrThrow();
  }

  const left = () => db.selectFrom('outbox').selectAll().orderBy('id').execute();

  return { open, seal, signal, standing, left };
}
