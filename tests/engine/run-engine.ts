// A Perennial of its own process, so that a test can kill it: starts the engine that the first
// argument describes, prints where it is, and stops it on SIGTERM.
import { startEngine } from '../../engine/start-engine.ts';

const engine = await startEngine(JSON.parse(process.argv[2] ?? '{}'));
console.log(
  JSON.stringify({ databaseUrl: engine.databaseUrl, pids: engine.pids, attached: engine.attached }),
);
const alive = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void engine.stop();
});
