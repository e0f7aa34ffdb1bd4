import type { Client, TrackedEvent } from '../client/create-client.ts';
import { EventsRefused } from '../client/events-refused.ts';
import { isEventName } from '../domain/events/catalogue.ts';
import type { Metrics } from './create-metrics.ts';

type Accepted = Awaited<ReturnType<Client['trackOne']>>;

/**
 * Counts the events that come in, and times their calls. Of a list that is refused the events to blame count; the others
 * will come again. A type that the catalogue does not have counts as `unknown`, whatever it says.
 */
export function watchTracking(client: Client, metrics: Metrics): Client {
  async function watched<Answer>(
    call: 'single' | 'list',
    events: readonly unknown[],
    work: () => Promise<Answer>,
    acceptedOf: (answer: Answer) => readonly Accepted[],
  ): Promise<Answer> {
    const begun = performance.now();
    try {
      const answer = await work();
      for (const [index, { status }] of acceptedOf(answer).entries()) count(events[index], status);
      return answer;
    } catch (error) {
      if (error instanceof EventsRefused) for (const event of blamed(events, error)) count(event, 'refused');
      else for (const event of events) count(event, 'failed');
      throw error;
    } finally {
      metrics.time('perennial_intake_seconds', { call }, (performance.now() - begun) / 1000);
    }
  }

  const count = (event: unknown, outcome: Accepted['status'] | 'refused' | 'failed') =>
    metrics.count('perennial_events_total', { type: typeOf(event), outcome });
  const trackOne = (event: unknown) =>
    watched(
      'single',
      [event],
      () => client.trackOne(event),
      (accepted) => [accepted],
    );

  function track(event: TrackedEvent): Promise<Accepted>;
  function track(events: readonly unknown[]): Promise<Accepted[]>;
  async function track(told: TrackedEvent | readonly unknown[]): Promise<Accepted | Accepted[]> {
    return isList(told)
      ? watched(
          'list',
          told,
          () => client.track(told),
          (accepted) => accepted,
        )
      : trackOne(told);
  }

  return { ...client, track, trackOne };
}

function isList(told: TrackedEvent | readonly unknown[]): told is readonly unknown[] {
  return Array.isArray(told);
}

function blamed(events: readonly unknown[], { problems }: EventsRefused): readonly unknown[] {
  return [...new Set(problems.map(({ index }) => index))].map((index) => events[index]);
}

function typeOf(event: unknown): string {
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  return typeof type === 'string' && isEventName(type) ? type : 'unknown';
}
