import { createServer } from 'node:net';

import { PerennialError } from '../domain/perennial-error.ts';

const loopback = '127.0.0.1';

/** A TCP port of this machine that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const port = await listenAndClose(0);
  if (port === undefined)
    throw new PerennialError('engine-start-failed', 'This machine has no free TCP port left.');
  return port;
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await listenAndClose(port)) !== undefined;
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

function listenAndClose(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}
