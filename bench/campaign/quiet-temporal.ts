import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** A worker that is killed, or waits for a processor, has much to say; the benchmark prints figures. */
export function quietTemporal(): void {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter, forward: {} } },
  });
}
