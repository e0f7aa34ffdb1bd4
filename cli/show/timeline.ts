import colours from 'picocolors';
import { toIso } from '../../domain/instant.ts';
import type { TimelineEntry } from '../../simulation/timeline.ts';

const marks: Record<TimelineEntry['kind'], string> = {
  event: '·',
  opened: '▶',
  'not-opened': '○',
  sent: '✓',
  deferred: '…',
  'not-sent': '–',
  ended: '■',
};

const paint: Record<TimelineEntry['kind'], (text: string) => string> = {
  event: colours.dim,
  opened: colours.cyan,
  'not-opened': colours.dim,
  sent: colours.green,
  deferred: colours.cyan,
  'not-sent': colours.yellow,
  ended: colours.dim,
};

/** What happened, one line each: when, to whom, what; of messages also what the customer's clock says. */
export function showTimeline(entries: readonly TimelineEntry[]): string {
  const longest = Math.max(0, ...entries.map(({ customer }) => customer?.length ?? 0));
  return entries
    .map(
      ({ at, kind, customer = '', text, local }) =>
        `${toIso(at)}  ${customer.padEnd(longest)}  ${paint[kind](`${marks[kind]} ${text}`)}${local === undefined ? '' : colours.dim(`  (${local})`)}`,
    )
    .join('\n');
}
