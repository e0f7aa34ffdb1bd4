import { type JourneyDefinition, journeyTypeName } from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Journey } from './journey.ts';

/**
 * The definitions of all journeys that a module exports, such as `workflows/index.ts`; for intake and the ticker.
 *
 * @throws PerennialError `journey-index-stale` when an export is not called by its journey's permanent name, since
 * Temporal would then start runs under another name than the enrolment's
 */
export function listJourneys(module: Readonly<Record<string, unknown>>): JourneyDefinition[] {
  return Object.entries(module)
    .filter((entry): entry is [string, Journey] => isJourney(entry[1]))
    .map(([name, { definition }]) => {
      if (name === journeyTypeName(definition)) return definition;
      throw new PerennialError(
        'journey-index-stale',
        `The journey ${journeyTypeName(definition)} is exported as "${name}". Run "npx perennial check --write".`,
      );
    });
}

/** True for what `defineJourney` made, also when another copy of this module made it. */
export function isJourney(value: unknown): value is Journey {
  return typeof value === 'function' && 'definition' in value;
}
