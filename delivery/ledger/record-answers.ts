import { sql } from 'kysely';
import { toIso, type Instant } from '../../domain/instant.ts';
import type { Queryable } from '../../store/database.ts';
import type { Acceptance } from '../channels/channel.ts';
import type { Consequence } from './consequence.ts';
import { nextLookUpAt } from './look-up-plan.ts';

export interface ProviderAnswer {
  readonly delivery: string;
  readonly attempt: number;
  readonly acceptance: Acceptance;
  readonly consequence: Consequence;
}

/**
 * Records what providers answered and tells the deliveries that it changed.
 *
 * An answer may be late, from a worker that was thought dead: an acceptance then still settles the row, anything else
 * only speaks for the attempt that is the row's latest and not yet given up. The instant of sending stays as soon as one
 * request may have arrived. Where the answer is missing, the provider is to be asked (see `look-up-plan.ts`).
 */
export async function recordAnswers(
  db: Queryable,
  answers: readonly ProviderAnswer[],
  at: Instant,
): Promise<ReadonlySet<string>> {
  if (answers.length === 0) return new Set();
  const inOrder = answers
    .map((answer) => rowOf(answer, at))
    .sort((one, other) => (one.delivery < other.delivery ? -1 : 1));
  const changed = await sql<{ id: string }>`
    with answer as (
      select *
      from jsonb_to_recordset(${JSON.stringify(inOrder)}::jsonb) as answer (
        delivery uuid, attempt integer, attempt_state text, provider_id text, code text, detail text, state text,
        reason text, deferred_until timestamptz, deferral jsonb
      )
    ),
    attempts as (
      update delivery_attempts a
      set state = r.attempt_state, settled_at = ${toIso(at)}::timestamptz, provider_id = r.provider_id,
        code = r.code, detail = r.detail
      from answer r
      where a.delivery_id = r.delivery and a.attempt = r.attempt and a.state in ('sending', 'ambiguous')
      returning a.delivery_id
    ),
    doubts as (
      insert into look_ups (delivery_id, next_at)
      select r.delivery, ${toIso(nextLookUpAt(at, at) ?? at)}::timestamptz
      from answer r
      join attempts on attempts.delivery_id = r.delivery
      where r.attempt_state = 'ambiguous'
      on conflict (delivery_id) do update set asked = 0, next_at = excluded.next_at
    )
    update deliveries d
    set state = r.state,
      reason = r.reason,
      provider_id = r.provider_id,
      deferred_until = r.deferred_until,
      sending_at = case
        when r.state in ('accepted', 'unknown') or r.attempt_state = 'ambiguous' or exists (
          select from delivery_attempts earlier
          where earlier.delivery_id = d.id and earlier.attempt <> r.attempt and earlier.state = 'ambiguous'
        ) then coalesce(d.sending_at, ${toIso(at)}::timestamptz)
      end,
      settled_at = case when r.state <> 'deferred' then ${toIso(at)}::timestamptz end,
      deferrals = d.deferrals || r.deferral
    from answer r
    join attempts on attempts.delivery_id = r.delivery
    where d.id = r.delivery
      and (
        (r.state = 'accepted' and d.state in ('sending', 'unknown', 'deferred'))
        or (
          d.state = 'sending'
          and r.attempt = (select max(attempt) from delivery_attempts where delivery_id = d.id)
        )
      )
    returning d.id
  `.execute(db);
  return new Set(changed.rows.map((row) => row.id));
}

/** Longer ones are cut: a provider's words are kept for people, not parsed. */
const longestDetail = 300;

function rowOf({ delivery, attempt, acceptance, consequence }: ProviderAnswer, at: Instant) {
  const { state, reason, until } = consequence;
  const isWait = state === 'deferred' && until !== null && until > at;
  return {
    delivery,
    attempt,
    attempt_state: consequence.attempt,
    provider_id: acceptance.kind === 'accepted' ? keepable(acceptance.providerId) : null,
    code:
      acceptance.kind === 'rejected' || acceptance.kind === 'throttled' ? keepable(acceptance.code) : null,
    detail: acceptance.kind === 'ambiguous' ? keepable(acceptance.error.slice(0, longestDetail)) : null,
    state,
    reason,
    deferred_until: until === null ? null : toIso(until),
    deferral: isWait ? [{ at, until, reason }] : [],
  };
}

/** A zero byte, or half of an emoji that was cut, is valid here and refused by PostgreSQL, with every answer beside it. */
function keepable(text: string): string {
  return Buffer.from(text.replaceAll('\u0000', '')).toString();
}
