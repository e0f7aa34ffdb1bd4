import { answer, type AnswerQuestion } from './answer.ts';
import { deliver, type Deliver } from './deliver.ts';
import { recordExit, type RecordExit } from './record-exit.ts';

/** What the activities are made of; a composition root passes the real ones. */
export interface ActivityDeps {
  readonly deliver: Deliver;
  readonly answer: AnswerQuestion;
  readonly recordExit: RecordExit;
}

/**
 * Everything that a run does to the world outside: deliver messages, ask the database, record its exit.
 *
 * Each may be called more than once for the same thing (a worker can die after the work and before the answer), so each
 * `deps` function must be idempotent: deliveries by send key, exits by enrolment.
 */
export function createActivities(deps: ActivityDeps) {
  return {
    deliver: deliver(deps.deliver),
    answer: answer(deps.answer),
    recordExit: recordExit(deps.recordExit),
  };
}

export type Activities = ReturnType<typeof createActivities>;
