import { sql, type RawBuilder } from 'kysely';

/**
 * Of a delivery: its message left, or may have. One that waits for evidence of a request without an answer (class `must`
 * and `keyed`) keeps the instant of that request; one that waits for anything else has none.
 *
 * @param delivery how the statement calls it
 */
export function mayHaveLeft(delivery: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${delivery}.${name}`);
  return sql<boolean>`(
    ${column('state')} in ('sending', 'accepted', 'unknown')
    or (${column('state')} = 'deferred' and ${column('sending_at')} is not null)
  )`;
}
