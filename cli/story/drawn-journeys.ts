import * as journeys from '../../workflows/index.ts';
import { isJourney } from '../../workflows/list-journeys.ts';
import type { DrawnJourney } from './story-page.ts';

/** The newest version of each journey of this checkout, by name. */
export function drawnJourneys(): DrawnJourney[] {
  const newest = new Map<string, DrawnJourney>();
  for (const { definition, story } of Object.values(journeys).filter(isJourney)) {
    const known = newest.get(definition.name);
    if (known === undefined || known.definition.version < definition.version) {
      newest.set(definition.name, { definition, story });
    }
  }
  return [...newest.values()].toSorted((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
}
