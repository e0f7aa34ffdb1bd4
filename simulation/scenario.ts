import * as z from 'zod';
import { parseDuration, type Duration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { UncheckedEvent } from './world.ts';

/** What happens in a simulation, and when. Instants count from its start, so that it can be played at any date. */
export interface Scenario {
  /** Played at this instant unless told otherwise. */
  readonly startAt: Instant | undefined;
  readonly steps: readonly ScenarioStep[];
  /** How long it goes on, in milliseconds from the start. */
  readonly lasts: number;
}

export interface ScenarioStep {
  /** Milliseconds from the start. */
  readonly after: number;
  /** Intake checks each against its schema when it is tracked, and names what is wrong. */
  readonly events: readonly UncheckedEvent[];
  /** Where each of them stands in the file, such as `steps.1.event`. */
  readonly places: readonly string[];
}

const event = z.looseObject({ type: z.string() });
const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text as Duration);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

const file = z.strictObject({
  /** Free words for the reader. */
  about: z.string().optional(),
  startAt: z.iso.datetime({ offset: true }).optional(),
  steps: z
    .array(
      z.strictObject({
        /** From the start of the scenario; without it the step happens at the start. */
        after: duration.optional(),
        event: event.optional(),
        events: z.array(event).optional(),
      }),
    )
    .min(1),
  /** From the start of the scenario. Default: seven days after the last step. */
  lasts: duration.optional(),
});

const sevenDays = 7 * 86_400_000;

/**
 * Reads a scenario file's text (JSON). The events themselves are checked by intake when they are tracked.
 *
 * @param name of the file, for the error
 * @throws PerennialError `scenario-invalid` with the place and what is allowed there
 */
export function parseScenario(text: string, name: string): Scenario {
  const { data, error } = file.safeParse(jsonOf(text, name));
  if (error) {
    const [first] = error.issues;
    throw invalid(name, `${first?.path.join('.') || 'the file'}: ${first?.message ?? 'is not right'}`);
  }
  const steps = data.steps.map(({ after = 0, event: one, events = [] }, step) => ({
    after,
    events: [...(one ? [one] : []), ...events],
    places: [
      ...(one ? [`steps.${step}.event`] : []),
      ...events.map((_, index) => `steps.${step}.events.${index}`),
    ],
  }));
  const outOfOrder = steps.findIndex((step, index) => step.after < (steps[index - 1]?.after ?? 0));
  if (outOfOrder !== -1) {
    throw invalid(
      name,
      `steps.${outOfOrder}.after: comes before the step above it; write the steps in order`,
    );
  }
  const last = steps.at(-1)?.after ?? 0;
  const lasts = data.lasts ?? last + sevenDays;
  if (lasts < last) throw invalid(name, 'lasts: is over before the last step');
  return { startAt: data.startAt === undefined ? undefined : Date.parse(data.startAt), steps, lasts };
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(name, error instanceof Error ? error.message : 'it is not JSON');
  }
}

function invalid(name: string, problem: string): PerennialError {
  return new PerennialError(
    'scenario-invalid',
    `The scenario ${name} cannot be played: ${problem.replace(/\.$/, '')}. See docs/errors/scenario-invalid.md for an example.`,
  );
}
