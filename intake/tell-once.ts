import { isPerennialError } from '../domain/perennial-error.ts';

interface Told {
  accept(events: readonly unknown[]): Promise<unknown>;
}

/**
 * Tells events whose ids follow from what they are about: a click, a tap, a notice. When one was told before, a second ago
 * and with another instant, it is the same thing again, and the first word stands.
 */
export async function tellOnce(intake: Told, events: readonly object[]): Promise<void> {
  try {
    await intake.accept(events);
  } catch (error) {
    if (!isToldBefore(error)) throw error;
  }
}

export function isToldBefore(error: unknown): boolean {
  return isPerennialError(error) && error.code === 'event-conflict';
}
