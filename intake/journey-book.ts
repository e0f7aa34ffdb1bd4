import { eventCatalogue, isEventName, type EventName } from '../domain/events/catalogue.ts';
import type { Fact, FactKind } from '../domain/facts.ts';
import type { JourneyDefinition } from '../domain/journey.ts';

/**
 * A journey as routing uses it. Its callbacks are typed by the event that they belong to; routing hands them exactly the
 * facts of those events, which is why they may be called with any fact here.
 */
export interface RoutedJourney {
  readonly definition: JourneyDefinition;
  readonly name: string;
  readonly version: number;
  /** The kind of fact that it starts on. */
  readonly kind: FactKind;
  readonly keyOf: (fact: Fact) => string;
  readonly leavesOut: (fact: Fact) => boolean;
  readonly ends: ReadonlySet<EventName>;
  readonly wakes: ReadonlySet<EventName>;
  /** The key that an event must give by the journey's own `matches`; `undefined` when it says nothing about the event. */
  readonly match: (event: EventName) => ((fact: Fact) => string | undefined) | undefined;
  /** Does an event concern the entry that began so, by the journey's own `concerns`? */
  readonly concern: (event: EventName) => ((fact: Fact, start: Fact) => boolean) | undefined;
}

/** All journeys of the installation, released versions included, found the ways routing asks for them. */
export interface JourneyBook {
  readonly all: readonly RoutedJourney[];
  /** Newest versions that start on the event. */
  startingOn(event: EventName): readonly RoutedJourney[];
  /** Does any journey end or wake on the event? */
  isDecisive(event: EventName): boolean;
  /** The version an enrolment was opened with; the newest of that name once the version is gone. */
  of(enrolment: { readonly journey: string; readonly version: number }): RoutedJourney | undefined;
  newest(name: string): RoutedJourney | undefined;
}

export function createJourneyBook(definitions: readonly JourneyDefinition[]): JourneyBook {
  const all = definitions.map(routed);
  const exact = new Map(all.map((journey) => [`${journey.name}@${journey.version}`, journey]));
  const newest = new Map<string, RoutedJourney>();
  for (const journey of all) {
    if ((newest.get(journey.name)?.version ?? 0) < journey.version) newest.set(journey.name, journey);
  }
  const starting = new Map<EventName, RoutedJourney[]>();
  for (const journey of newest.values()) {
    const { startsOn } = journey.definition;
    if (typeof startsOn === 'string') starting.set(startsOn, [...(starting.get(startsOn) ?? []), journey]);
  }
  const decisive = new Set(all.flatMap((journey) => [...journey.ends, ...journey.wakes]));
  return {
    all,
    isDecisive: (event) => decisive.has(event),
    startingOn: (event) => starting.get(event) ?? [],
    of: ({ journey, version }) => exact.get(`${journey}@${version}`) ?? newest.get(journey),
    newest: (name) => newest.get(name),
  };
}

function routed(definition: JourneyDefinition): RoutedJourney {
  const { key, unless, matches, concerns } = definition as LooseDefinition;
  return {
    definition,
    name: definition.name,
    version: definition.version,
    kind: kindOf(definition),
    keyOf: key,
    leavesOut: (fact) => unless?.(fact) ?? false,
    ends: new Set(definition.endsOn),
    wakes: new Set(definition.wakesOn),
    match: (event) => matches?.[event],
    concern: (event) => concerns?.[event],
  };
}

interface LooseDefinition {
  readonly key: (fact: Fact) => string;
  readonly unless?: (fact: Fact) => boolean;
  readonly matches?: { readonly [E in EventName]?: (fact: Fact) => string | undefined };
  readonly concerns?: { readonly [E in EventName]?: (fact: Fact, start: Fact) => boolean };
}

function kindOf({ startsOn }: JourneyDefinition): FactKind {
  if (typeof startsOn === 'string' && isEventName(startsOn)) return eventCatalogue[startsOn].fact;
  return typeof startsOn === 'object' && 'date' in startsOn ? 'date' : 'daily';
}
