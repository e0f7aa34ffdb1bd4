import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { fewStars, type GivenStars, type Rating, type RatingSheet } from '../client/rating.ts';
import type { RatedGoods } from '../domain/message.ts';
import { readFormBodies } from './form-body.ts';
import { ratingPageHeaders, renderRatingPage, type RatingPage } from './rating-page.ts';
import { replyUnknownLink } from './unknown-link.ts';

export interface RatingRoutesDeps extends Rating {
  /** What may be rated with a token; nothing for one that is not ours. */
  readonly verify: (token: string) => RatedGoods | undefined;
  /** The shop's name, shown on the pages. */
  readonly brand: string;
}

interface TokenRoute {
  Params: { token: string };
  Querystring: { stars?: unknown };
}

/** So many stars or more are a pleasure. */
const manyStars = 4;

/**
 * The rating link, `/r/<token>`, with `?stars=4` for the star that was tapped.
 *
 * GET shows the goods with the stars chosen and records nothing, since mail scanners follow every link, all five stars of
 * them. POST records, as often as it comes. The token is the permission: it is made for these goods and nothing else, nobody
 * can guess it, and there is no cookie that another site could borrow. A token that is not ours is a page that is not there.
 */
export function ratingRoutes({ verify, sheet, rate, brand }: RatingRoutesDeps): FastifyPluginAsync {
  return async function routes(app) {
    readFormBodies(app);

    app.get<TokenRoute>('/r/:token', async (request, reply) => {
      const opened = await open(request.params.token);
      if (opened === undefined) return replyUnknownLink(request, reply, brand);
      const tapped = starsOf(request.query.stars);
      return show(reply, 200, askingPage(opened.sheet, tapped), opened.sheet.locale);
    });

    app.post<TokenRoute>('/r/:token', async (request, reply) => {
      const opened = await open(request.params.token);
      if (opened === undefined) return replyUnknownLink(request, reply, brand);
      const { goods, sheet } = opened;
      if (sheet.lines.length === 0) return show(reply, 200, { kind: 'over' }, sheet.locale);
      const given = givenIn(request.body, sheet);
      if (given.size === 0) {
        return show(reply, 400, { kind: 'ask', lines: sheet.lines, isIncomplete: true }, sheet.locale);
      }
      await rate(goods, given);
      return show(reply, 200, { kind: answerTo(given) }, sheet.locale);
    });
  };

  async function open(token: string) {
    const goods = verify(token);
    const opened = goods === undefined ? undefined : await sheet(goods);
    return goods === undefined || opened === undefined ? undefined : { goods, sheet: opened };
  }

  function show(reply: FastifyReply, status: number, page: RatingPage, locale: string | undefined) {
    return reply
      .code(status)
      .headers(ratingPageHeaders)
      .send(renderRatingPage(page, brand, locale));
  }
}

/** The star that was tapped is that of the one line that the link is about. */
function askingPage({ lines }: RatingSheet, tapped: number | undefined): RatingPage {
  if (lines.length === 0) return { kind: 'over' };
  const asked = lines.map((line) =>
    tapped === undefined || lines.length > 1 ? line : { ...line, stars: tapped },
  );
  return { kind: 'ask', lines: asked, isIncomplete: false };
}

function givenIn(body: unknown, { lines }: RatingSheet): GivenStars {
  const fields = new URLSearchParams(typeof body === 'string' ? body : '');
  return new Map(
    lines.flatMap(({ line }) => {
      const stars = starsOf(fields.get(`stars-${line}`));
      return stars === undefined ? [] : [[line, stars]];
    }),
  );
}

function starsOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^[1-5]$/.test(value) ? Number(value) : undefined;
}

/** One thing that went wrong matters more than all that went well. */
function answerTo(given: GivenStars): 'glad' | 'noted' | 'sorry' {
  const fewest = Math.min(...given.values());
  if (fewest <= fewStars) return 'sorry';
  return fewest >= manyStars ? 'glad' : 'noted';
}
