import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import type { Client } from '../client/create-client.ts';
import { isPerennialError } from '../domain/perennial-error.ts';
import { addErrorPages } from './error-pages.ts';
import { addEventRoutes } from './events.ts';
import { addHealthRoutes } from './health.ts';
import { readJsonBodies } from './json-body.ts';
import { notFound } from './not-found.ts';
import { addOpenApi } from './openapi.ts';
import { problemOf, sendProblem } from './problem.ts';
import { refuseUnreadable } from './unreadable-request.ts';

/** What is logged: never a body, a header or a path with values in it. */
export interface HttpLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface HttpDependencies {
  readonly client: Client;
  readonly log: HttpLog;
  /** Told of each answer: the route as it was declared, never a path. */
  readonly onAnswer?: (answer: {
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }) => void;
  /** More routes, such as the unsubscribe pages. */
  readonly plugins?: readonly FastifyPluginAsync[];
}

const bodyLimit = 8 * 1024 * 1024;
const requestTimeoutMs = 30_000;

/** The HTTP side: events in, health, and the description of both. Ready to listen; `close()` finishes what is in flight. */
export async function createHttp({
  client,
  log,
  onAnswer,
  plugins = [],
}: HttpDependencies): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    // A connection that is kept open must not keep a stop waiting.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    clientErrorHandler: refuseUnreadable,
    // What Fastify refuses before any route is asked, such as a URL that cannot be decoded: its own answer repeats the path.
    frameworkErrors: (error, _request, reply) => {
      log.info({ status: error.statusCode ?? 400, code: error.code }, 'refused before any route');
      void sendProblem(reply.header('x-content-type-options', 'nosniff'), problemOf(error));
    },
  });
  // Fastify reads plain text too; here a body is JSON or it is refused.
  app.removeContentTypeParser('text/plain');
  readJsonBodies(app);
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('x-content-type-options', 'nosniff');
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    const status = reply.statusCode;
    log.info({ method, route, status, ms: Math.round(reply.elapsedTime) }, 'answered');
    onAnswer?.({ route, status, ms: reply.elapsedTime });
  });
  app.setNotFoundHandler(async (request, reply) => sendProblem(reply, problemOf(notFound(request))));
  app.setErrorHandler(async (error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) log.error({ err: causeOf(error), code: problem.code }, 'failed');
    return sendProblem(reply, problem);
  });
  addEventRoutes(app, client);
  addHealthRoutes(app, client);
  addErrorPages(app);
  addOpenApi(app);
  for (const plugin of plugins) await app.register(plugin);
  return app;
}

/** What the caller is told stands in the code; the log is for what is behind it. */
function causeOf(error: unknown): unknown {
  return isPerennialError(error) ? (error.cause ?? error) : error;
}
