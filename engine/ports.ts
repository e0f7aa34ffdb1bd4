import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { PerennialError } from '../domain/perennial-error.ts';

const loopback = '127.0.0.1';

/**
 * Ports that no system gives away by itself: to a connection going out, or to a server that takes any. Linux begins to at
 * 32768 (ip(7), `ip_local_port_range`), others at 49152 (RFC 6335, 6). One of those could be gone before it is used.
 */
const leftAlone = { from: 20_000, to: 32_767 };
const mostTries = 50;

/** A TCP port of this machine that nobody listens on, and that is still free when its server starts a little later. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = randomInt(leftAlone.from, leftAlone.to + 1);
    if (await isPortFree(port)) return port;
  }
  throw new PerennialError('engine-start-failed', 'This machine has no free TCP port left.');
}

export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: loopback, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * @throws PerennialError `engine-port-busy` with what to do about it.
 */
export async function assertPortFree(port: number, purpose: string, howToChoose: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new PerennialError(
    'engine-port-busy',
    `Port ${port}, which ${purpose} needs, is taken by another program. End that program, or ${howToChoose}.`,
    { retryable: true },
  );
}
