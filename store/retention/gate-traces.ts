import { sql } from 'kysely';
import { olderThan, pruneBy, type Prunable } from './prunable.ts';

/** Nothing more will be decided about it, and its outcome is known. One that is listed as unknown waits for a person. */
const isSettled = sql`d.state in ('accepted', 'skipped', 'failed')`;

const isOver = sql`
  not exists (select from enrolments e where e.id = d.enrolment_id and e.state <> 'closed')
  and not exists (
    select from campaign_recipients r
    join campaign_occurrences o on o.id = r.occurrence_id
    where r.id = d.recipient_id and o.state = 'running'
  )
  and not exists (select from look_ups l where l.delivery_id = d.id)
`;

/**
 * What the gates saw, how often a message was put off, and what a provider said about an answer that was lost. The row of
 * the ledger stays, with its state, its reason and its instants: the send key keeps the message from going out again, and
 * caps, reports, receipts and replies go by the rest.
 */
export const gateTraces: Prunable = {
  what: 'gate-traces',
  period: 'decisions',
  prunePage: (db, page) =>
    pruneBy(
      db,
      {
        old: sql`
          select d.id, d.decided_at as at, ${isSettled} and ${isOver} as free
          from deliveries d
          where d.trace <> '[]'::jsonb
            and ${olderThan({ at: 'd.decided_at', id: 'd.id', idType: 'uuid' }, page)}
          order by d.decided_at, d.id
          limit ${page.size}
        `,
        removal: sql`
          update deliveries set trace = '[]', deferrals = '[]'
          where id in (
            select d.id from deliveries d where d.id in (select id from free_rows) and ${isSettled}
            order by d.id for no key update skip locked
          )
          returning id
        `,
        companions: sql`
          update delivery_attempts a set detail = null
          from gone where a.delivery_id = gone.id and a.detail is not null
        `,
      },
      page.dryRun,
    ),
};
