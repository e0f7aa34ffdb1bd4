import type { JourneyDefinition } from './journey.ts';

/** The newest version of each journey: the only one that anybody still enters. Older ones finish what they began. */
export function newestVersions(journeys: readonly JourneyDefinition[]): JourneyDefinition[] {
  const newest = new Map<string, JourneyDefinition>();
  for (const journey of journeys) {
    if ((newest.get(journey.name)?.version ?? 0) < journey.version) newest.set(journey.name, journey);
  }
  return [...newest.values()];
}
