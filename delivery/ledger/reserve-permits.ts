import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';

export interface PermitRequest {
  readonly connection: string;
  /** From one permit to the next, in microseconds. */
  readonly spacingUs: number;
  readonly most: number;
  /** Fewer are not taken; at least 1. */
  readonly least: number;
  /** The first one lies at least so far ahead, in milliseconds. */
  readonly soonestMs: number;
  /** And all of them, or with a longer line the first, at most so far. */
  readonly latestMs: number;
  /** From the first of them to the last, in milliseconds. */
  readonly spanMs: number;
}

export interface Reservation {
  readonly granted: number;
  /** From the moment of the question to the first permit; with none granted, to the next free one. */
  readonly firstInMs: number;
}

/**
 * Takes the next permits of a connection's lane, if they lie near enough.
 *
 * One statement: `on conflict do update` works on the row as it is once its lock is held, and the sub-select, which names
 * the row, is evaluated then and asks the clock then. It is the one place where SQL asks for the time: permits of several
 * machines are only exact by a clock that they share.
 */
export async function reservePermits(db: Database, request: PermitRequest): Promise<Reservation> {
  const { connection, spacingUs, most, least, soonestMs, latestMs, spanMs } = request;
  const ms = (count: number) => sql`${count}::float8 * interval '1 millisecond'`;
  const spacing = sql`${spacingUs}::float8 * interval '1 microsecond'`;
  const { rows } = await sql<Reservation>`
    insert into permit_lanes as lane (connection, next_at, first_at, granted)
    values (${connection}, to_timestamp(0), to_timestamp(0), 0)
    on conflict (connection) do update set (next_at, first_at, granted) = (
      select case when enough then first_at + fitting * ${spacing} else lane.next_at end,
        first_at,
        case when enough then fitting else 0 end
      from (
        select first_at, fitting, fitting >= ${least}::integer as enough
        from (
          select first_at, greatest(0, least(${most}::integer, 1 + floor(
            extract(epoch from least(latest_at - first_at, ${ms(spanMs)})) * 1000000 / ${spacingUs}::integer
          )))::integer as fitting
          from (
            select greatest(lane.next_at, now_at + ${ms(soonestMs)}) as first_at, now_at + ${ms(latestMs)} as latest_at
            from (select clock_timestamp() as now_at) clock
          ) lane_now
        ) room
      ) grantable
    )
    returning granted, extract(epoch from first_at - clock_timestamp())::float8 * 1000 as "firstInMs"
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a lane of permits has vanished');
  // The first request of all has only made the lane.
  return row.granted === 0 && row.firstInMs < 0 ? reservePermits(db, request) : row;
}
