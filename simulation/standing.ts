import type { WorkflowHandle } from '@temporalio/client';
import type { Instant } from '../domain/instant.ts';

export type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** Where a run stands, read from its history. Instants are the run's own: virtual engine time. */
export interface Standing {
  /** How it ended, if it has. */
  readonly closed: 'completed' | 'otherwise' | undefined;
  /** The next instant at which it goes on by itself, as its story asked for it or moments before. */
  readonly due: Instant | undefined;
  /** The same instant as the server will act on it: some milliseconds later than the story asked. */
  readonly firesAt: Instant | undefined;
  /** It waits out its start delay. */
  readonly starting: boolean;
  /** How far its clock is ahead of the wall's, in milliseconds. */
  readonly offset: number;
  /** How often its clock has jumped. */
  readonly jumps: number;
  /** How often it was told something. */
  readonly signals: number;
  /** A workflow task is open or under way. */
  readonly thinking: boolean;
  /** Ids of activities that have not ended; some may be waiting for their next attempt. */
  readonly openActivities: readonly string[];
  /** An activity waits for its next attempt. Known by asking the server, since a history does not say. */
  readonly backingOff: boolean;
  /** Why its last workflow task failed, if it did: a bug in the story, or a bundle that does not know it. */
  readonly trouble: string | undefined;
}

// Event types of the Temporal API that tell how a run stands (temporal.api.enums.v1.EventType).
const runStarted = 1;
const runCompleted = 2;
const endings = new Set([3, 4, 21, 27]); // failed, timed out, cancelled, terminated
const taskScheduled = 5;
const taskStarted = 6;
const taskCompleted = 7;
const taskTimedOut = 8;
const taskFailed = 9;
const activityScheduled = 10;
const activityEndings = new Set([12, 13, 14, 16]); // completed, failed, timed out, cancelled
const timerStarted = 17;
const timerFired = 18;
const timerCancelled = 19;
const continuedAsNew = 28;
const signalled = 26;
const clockJumped = 60;

/**
 * Reads how a run stands from the events of its history.
 *
 * A timer is due when its story asked for it, not when the server got round to it: the story computed the timer's length
 * within the workflow task that set it, so the task's start plus that length is the instant again, but for the moments
 * that the story spent asking. Stories wait for whole seconds; rounded up to one, two worlds see the same instants however
 * slow the machine is.
 */
export function readStanding(events: readonly HistoryEvent[]): Standing {
  const timers = new Map<string, { due: Instant; firesAt: Instant }>();
  const activities = new Map<string, string>();
  const taskStarts = new Map<string, Instant>();
  const taskStartOfCompletion = new Map<string, Instant>();
  let closed: Standing['closed'];
  let startDelayEnds: Instant | undefined;
  let thinking = false;
  let everThought = false;
  let trouble: string | undefined;
  let offset = 0;
  let jumps = 0;
  let signals = 0;

  for (const event of events) {
    const id = String(event.eventId);
    const at = milliseconds(event.eventTime);
    const type = Number(event.eventType);
    if (type === runStarted) {
      const delay = length(event.workflowExecutionStartedEventAttributes?.firstWorkflowTaskBackoff);
      if (delay > 0) startDelayEnds = at + delay;
    } else if (type === runCompleted) closed = 'completed';
    else if (endings.has(type)) closed = 'otherwise';
    else if (type === continuedAsNew) closed = 'otherwise';
    else if (type === taskScheduled) {
      thinking = true;
      everThought = true;
    } else if (type === taskStarted) taskStarts.set(id, at);
    else if (type === taskCompleted) {
      thinking = false;
      trouble = undefined;
      const started = taskStarts.get(String(event.workflowTaskCompletedEventAttributes?.startedEventId));
      taskStartOfCompletion.set(id, started ?? at);
    } else if (type === taskTimedOut) thinking = true;
    else if (type === taskFailed) {
      thinking = true;
      trouble = event.workflowTaskFailedEventAttributes?.failure?.message ?? 'its workflow task failed';
    } else if (type === activityScheduled) {
      activities.set(id, event.activityTaskScheduledEventAttributes?.activityId ?? id);
    } else if (activityEndings.has(type)) activities.delete(scheduledBy(event));
    else if (type === timerStarted) {
      const attributes = event.timerStartedEventAttributes;
      const wait = length(attributes?.startToFireTimeout);
      const asked = taskStartOfCompletion.get(String(attributes?.workflowTaskCompletedEventId)) ?? at;
      timers.set(id, { due: asked + wait, firesAt: at + wait });
    } else if (type === timerFired) timers.delete(String(event.timerFiredEventAttributes?.startedEventId));
    else if (type === timerCancelled) {
      timers.delete(String(event.timerCanceledEventAttributes?.startedEventId));
    } else if (type === signalled) signals += 1;
    else if (type === clockJumped) {
      const jump = event.workflowExecutionTimeSkippingTransitionedEventAttributes;
      if (jump?.targetTime) {
        // `wallClockTime` is the clock of the run before the jump, so each jump adds to those before.
        offset += milliseconds(jump.targetTime) - milliseconds(jump.wallClockTime);
        jumps += 1;
      }
    }
  }

  const waits = [...timers.values()];
  const starting = startDelayEnds !== undefined && !everThought;
  if (startDelayEnds !== undefined && starting) {
    waits.push({ due: startDelayEnds, firesAt: startDelayEnds });
  }
  const next = waits.sort((a, b) => a.firesAt - b.firesAt)[0];
  return {
    closed,
    due: next?.due,
    firesAt: next?.firesAt,
    starting,
    offset,
    jumps,
    signals,
    thinking: thinking && closed === undefined,
    openActivities: [...activities.values()],
    backingOff: false,
    trouble,
  };
}

function scheduledBy(event: HistoryEvent): string {
  const attributes =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return String(attributes?.scheduledEventId);
}

interface ProtobufTime {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

/** A protobuf timestamp as an instant. */
export function milliseconds(time: ProtobufTime | null | undefined): Instant {
  return length(time);
}

function length(time: ProtobufTime | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1e6);
}
