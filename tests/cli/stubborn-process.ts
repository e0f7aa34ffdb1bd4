// A process whose work never ends, and that has half a second to stop.
import { runUntilStopped } from '../../cli/process-life.ts';

const never = new Promise<never>(() => undefined);
setInterval(() => undefined, 60_000);
await runUntilStopped('stubborn', async () => ({ ended: never, stop: () => never }), { longestStopMs: 500 });
