/** What `track` throws for events that are not right: callers show its list of problems. */
export { EventsRefused, type EventProblem } from '../intake/event-problem.ts';
