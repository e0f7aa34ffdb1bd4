import Fastify, { type FastifyInstance } from 'fastify';

export interface PrivateServerDeps {
  /** @throws when the process cannot do its work at this moment; the reason goes to the log and not to the caller */
  readonly assertReady: () => Promise<void>;
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  readonly log: { warn(details: object, message: string): void };
  /** How long the question whether it is ready may take, in milliseconds. Default 3,000. */
  readonly patienceMs?: number;
}

/**
 * What operators ask a process: `/healthz`, `/readyz` and `/metrics`. It has a port of its own, since none of it is the
 * public's business. Ready to listen.
 */
export function createPrivateServer(deps: PrivateServerDeps): FastifyInstance {
  const { assertReady, metrics, log, patienceMs = 3_000 } = deps;
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await withinMs(patienceMs, assertReady());
      return { status: 'ready' };
    } catch (error) {
      log.warn({ err: error }, 'not ready');
      return reply.code(503).send({ status: 'not ready' });
    }
  });
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
  return app;
}

async function withinMs(patienceMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), patienceMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
