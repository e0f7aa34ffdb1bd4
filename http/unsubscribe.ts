import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { ChannelName } from '../domain/channel-name.ts';
import { readFormBodies } from './form-body.ts';
import { replyUnknownLink } from './unknown-link.ts';
import { renderUnsubscribePage, unsubscribePageHeaders, type UnsubscribePage } from './unsubscribe-page.ts';

/** Whom and what a link of ours stands for. */
export interface Grant {
  readonly customer: string;
  /** Absent in the short links of text messages. */
  readonly delivery?: string;
  readonly channel: ChannelName;
}

export interface UnsubscribeRoutesDeps {
  /** What a token stands for; nothing for one that is not ours. */
  readonly verify: (token: string) => Grant | undefined;
  /** In force when it resolves. */
  readonly withdraw: (
    withdrawal: Omit<Grant, 'channel'> & { readonly channel: ChannelName | 'all' },
  ) => Promise<void>;
  readonly localeOf: (customer: string) => Promise<string | undefined>;
  /** The address of the page where the customer can choose instead. */
  readonly preferencesOf: (customer: string) => string;
  /** The shop's name, shown on the pages. */
  readonly brand: string;
}

interface TokenRoute {
  Params: { token: string };
}

/**
 * The unsubscribe link, `/u/<token>`.
 *
 * GET shows a page with a button and changes nothing, since mail scanners follow every link. POST withdraws, and answers
 * when it is in force, whether it comes from that button or from a mailbox provider (RFC 8058), as often as it comes: no
 * login, no cookie, no redirect. A token that is not ours is a page that is not there.
 */
export function unsubscribeRoutes({
  verify,
  withdraw,
  localeOf,
  preferencesOf,
  brand,
}: UnsubscribeRoutesDeps): FastifyPluginAsync {
  return async function routes(app) {
    readFormBodies(app);

    app.get<TokenRoute>('/u/:token', async (request, reply) => {
      const grant = verify(request.params.token);
      if (grant === undefined) return replyUnknownLink(request, reply, brand);
      const locale = await localeOf(grant.customer);
      const preferences = preferencesOf(grant.customer);
      return show(reply, { kind: 'confirm', channel: grant.channel, preferences }, locale);
    });

    app.post<TokenRoute>('/u/:token', async (request, reply) => {
      const grant = verify(request.params.token);
      if (grant === undefined) return replyUnknownLink(request, reply, brand);
      const channel = asksForAll(request.body) ? 'all' : grant.channel;
      const locale = await localeOf(grant.customer);
      await withdraw({ ...grant, channel });
      return show(reply, { kind: 'done', preferences: preferencesOf(grant.customer) }, locale);
    });
  };

  function show(reply: FastifyReply, page: UnsubscribePage, locale: string | undefined) {
    return reply.headers(unsubscribePageHeaders).send(renderUnsubscribePage(page, brand, locale));
  }
}

/** Urlencoded `scope=all`, or the same as a part of a multipart form. */
function asksForAll(body: unknown): boolean {
  return typeof body === 'string' && /(^|&)scope=all(&|$)|name="?scope"?\s+all\s/m.test(body);
}
