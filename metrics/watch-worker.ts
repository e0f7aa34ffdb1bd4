import type { Metrics } from './create-metrics.ts';

/** What the SDK's worker tells of itself. */
export interface WatchedWorker {
  getStatus(): { readonly numInFlightActivities: number; readonly numInFlightWorkflowActivations: number };
}

/** Shows how many slots of a worker are in use. */
export function watchWorker(worker: WatchedWorker, queue: string, metrics: Metrics): void {
  metrics.addSource(() => {
    const { numInFlightActivities: activities, numInFlightWorkflowActivations: workflows } =
      worker.getStatus();
    return [
      { name: 'perennial_tasks_in_flight', labels: { queue, kind: 'activity' }, value: activities },
      { name: 'perennial_tasks_in_flight', labels: { queue, kind: 'workflow' }, value: workflows },
    ];
  });
}
