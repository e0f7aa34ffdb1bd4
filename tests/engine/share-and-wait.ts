// A user of a shared server in a process of its own, so that a test can kill it.
import { shareServer } from '../../engine/shared-server.ts';

const folder = process.argv[2] ?? '';
await shareServer({ folder, checkout: folder, open: async () => {}, close: async () => {} });
console.log('in');
setInterval(() => {}, 60_000);
