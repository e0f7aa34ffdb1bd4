import type { ExitRecord } from '../store/record-exit.ts';
import { withoutPersonalData } from './without-personal-data.ts';

export type { ExitRecord } from '../store/record-exit.ts';

/** Closes the enrolment. Called again for the same enrolment, it changes nothing. */
export type RecordExit = (exit: ExitRecord) => Promise<void>;

/** The activity by which a run closes its enrolment. */
export const recordExit = (record: RecordExit) => withoutPersonalData('recordExit', record);
