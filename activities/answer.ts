import type { Instant } from '../domain/instant.ts';
import type { Question, QuestionName, Questions } from '../domain/questions.ts';
import { withoutPersonalData } from './without-personal-data.ts';

/** Who asks, and when. The instant is passed in: a local activity's own timestamps are wall time, also in a simulation. */
export interface Asking {
  readonly enrolment: string;
  readonly now: Instant;
}

/** Answers a question from the database, without changing anything. */
export type AnswerQuestion = (
  question: Question,
  asking: Asking,
) => Promise<Questions[QuestionName]['answer']>;

export interface AnswerInput extends Asking {
  readonly question: Question;
}

/** The activity behind `ask`. */
export const answer = (answerOne: AnswerQuestion) =>
  withoutPersonalData('answer', ({ question, enrolment, now }: AnswerInput) =>
    answerOne(question, { enrolment, now }),
  );
