// Ends with 0 when the process that listens on this port of this machine is ready: the health check of the containers.
// `node bin/is-ready.mjs 8080`
const [port] = process.argv.slice(2);
try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
