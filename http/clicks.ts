import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyPluginAsync } from 'fastify';
import type { ClickedLink } from '../client/find-click.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import { isMachineClick } from './machine-click.ts';
import { replyUnknownLink } from './unknown-link.ts';

export interface ClickRoutesDeps {
  /** What is behind `/c/<path>`; nothing for what we did not write, and for hosts that are not the shop's. */
  readonly find: (path: string) => Promise<ClickedLink | undefined>;
  /** Kept for good when it resolves. */
  readonly keep: (click: ClickedLink & { readonly at: Instant }) => Promise<void>;
  readonly clock: Clock;
  readonly brand: string;
  readonly log: { warn(details: object, message: string): void };
  /** How long a customer waits for the database at most, in milliseconds of wall time. Default 250. */
  readonly patienceMs?: number;
}

/** A header holds ASCII only: `/카트` goes out as `/%EC%B9%B4%ED%8A%B8`, which is the same address. */
function asHeader(url: string): string {
  return new URL(url).href;
}

interface PathRoute {
  Params: { '*': string };
}

/**
 * Click links, `/c/…`: on to the shop, and a note of it.
 *
 * The note is kept before the redirect, one insert, so a crash loses none that was answered; when the database takes
 * longer than a moment the customer goes on, and the note is lost only if this process dies or the database stays away. What we did not
 * write is a page that is not there, never a redirect.
 */
export function clickRoutes(deps: ClickRoutesDeps): FastifyPluginAsync {
  const { find, clock, brand, log, patienceMs = 250 } = deps;

  return async function routes(app) {
    // A wildcard: the router cuts off parameters of more than a hundred characters.
    app.get<PathRoute>('/c/*', async (request, reply) => {
      const link = await find(request.params['*']);
      if (link === undefined) return replyUnknownLink(request, reply, brand);
      const at = clock.now();
      const { method, headers } = request;
      if (!isMachineClick({ method, headers, at, writtenAt: link.writtenAt })) await note({ ...link, at });
      return reply
        .headers({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'x-robots-tag': 'noindex',
        })
        .redirect(asHeader(link.url), 302);
    });
  };

  async function note(click: ClickedLink & { readonly at: Instant }): Promise<void> {
    const ended = new AbortController();
    const kept = deps
      .keep(click)
      .catch((error: unknown) => log.warn({ err: error }, 'a click could not be kept'))
      .finally(() => ended.abort());
    await Promise.race([kept, sleep(patienceMs, undefined, { signal: ended.signal }).catch(() => undefined)]);
  }
}
