import type { Instant } from '../domain/instant.ts';
import { withoutPersonalData } from './without-personal-data.ts';

/** A run is over. */
export interface ExitRecord {
  readonly enrolment: string;
  /** Why, in machine words: the story's own, or the name of the event that ended it. */
  readonly reason: string;
  readonly at: Instant;
}

/** Closes the enrolment. Called again for the same enrolment, it changes nothing. */
export type RecordExit = (exit: ExitRecord) => Promise<void>;

/** The activity by which a run closes its enrolment. */
export const recordExit = (record: RecordExit) => withoutPersonalData('recordExit', record);
