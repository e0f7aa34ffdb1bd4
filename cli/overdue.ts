import { Option } from 'commander';
import { PerennialError } from '../domain/perennial-error.ts';
import { overdueChoices, type Overdue } from '../store/pauses.ts';

export function overdueOption(): Option {
  return new Option(
    '--overdue <choice>',
    'what becomes of messages that came due meanwhile: send those that are still useful, skip them and go on with the next, or expire: end the journeys that wait with them',
  ).choices(overdueChoices);
}

/**
 * What was chosen; `send` when nothing is overdue.
 *
 * @throws PerennialError `overdue-undecided` when something is and nobody has chosen: sending and not sending both
 * surprise somebody, so neither is a default
 */
export async function decideOverdue(
  chosen: Overdue | undefined,
  count: () => Promise<number>,
): Promise<Overdue> {
  if (chosen !== undefined) return chosen;
  const overdue = await count();
  if (overdue === 0) return 'send';
  throw new PerennialError(
    'overdue-undecided',
    `${overdue === 1 ? 'One message has' : `${overdue} messages have`} come due during the pause. Say what becomes of ${overdue === 1 ? 'it' : 'them'}: --overdue send, --overdue skip or --overdue expire. Nothing has been resumed yet.`,
  );
}
