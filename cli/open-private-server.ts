import { createPrivateServer, type PrivateServerDeps } from '../http/private-server.ts';

export interface PrivateServerOptions extends PrivateServerDeps {
  /** Unset: nothing listens. */
  readonly port: number | undefined;
  readonly host: string;
}

/** Listens for operators where the environment says so. @returns how to end it */
export async function openPrivateServer({
  port,
  host,
  ...deps
}: PrivateServerOptions): Promise<() => Promise<void>> {
  if (port === undefined) return async () => {};
  const app = createPrivateServer(deps);
  await app.listen({ host, port });
  return () => app.close();
}
