import type { FastifyPluginAsync } from 'fastify';
import type { FindSharedProduct } from '../client/shared-product.ts';
import { pageLanguage } from './page.ts';
import { renderSharePage, sharePageHeaders } from './share-page.ts';

export interface ShareRoutesDeps {
  /** What a token is about; nothing for one that is not ours. */
  readonly verify: (token: string) => { readonly season: string; readonly mark: string } | undefined;
  readonly find: FindSharedProduct;
  readonly brand: { readonly name: string; readonly url: string };
}

interface TokenRoute {
  Params: { token: string };
}

/**
 * The share link, `/s/<token>`: a page for anybody about a product in a season. It is the same for all who share it and all
 * who open it, in the language of whoever opens it, and has nothing in it about either. A token that is not ours, or of
 * which there is nothing left to say, is a page that is not there.
 */
export function shareRoutes({ verify, find, brand }: ShareRoutesDeps): FastifyPluginAsync {
  return async function routes(app) {
    app.get<TokenRoute>('/s/:token', async (request, reply) => {
      const language = pageLanguage(request.headers['accept-language']);
      const shared = verify(request.params.token);
      const fact = shared === undefined ? undefined : await find(shared, language);
      return reply
        .code(fact === undefined ? 404 : 200)
        .headers(sharePageHeaders)
        .send(renderSharePage(fact, brand, language));
    });
  };
}
