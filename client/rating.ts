import { createHash } from 'node:crypto';
import { toIso, type Clock } from '../domain/instant.ts';
import { reviewableLines } from '../domain/kept-goods.ts';
import type { RatedGoods } from '../domain/message.ts';
import { tellOnce } from '../intake/tell-once.ts';
import type { Database } from '../store/database.ts';
import { goodsIn } from '../store/live-goods.ts';
import { findNameOfCustomer, nameInEvent, type NamedCustomer } from '../store/name-of-customer.ts';
import { ratingIdOf, readRatedOrder, type RatedOrder } from '../store/rated-order.ts';

/** What a customer sees who follows a rating link. */
export interface RatingSheet {
  readonly locale?: string;
  /** Empty when nothing of it can be rated any more: it was refunded, say. */
  readonly lines: readonly RatingLine[];
}

export interface RatingLine {
  /** The line's place in the order, from 1. */
  readonly line: number;
  readonly title: string;
  /** What they gave before by such a link. */
  readonly stars?: number;
}

/** Stars by line, each 1 to 5. */
export type GivenStars = ReadonlyMap<number, number>;

export interface Rating {
  /** The goods of a link; `undefined` when there is no such order, or its customer was erased. */
  readonly sheet: (goods: RatedGoods) => Promise<RatingSheet | undefined>;
  /**
   * Records the stars as reviews, which ends the journey that asks. One or two stars also open a complaint, so that a person
   * sees to it: nothing is advertised to the customer until it is closed. Giving the same stars again changes nothing; other
   * stars for the same line are an edit. Lines that are not on the sheet are left out.
   */
  readonly rate: (goods: RatedGoods, stars: GivenStars) => Promise<void>;
}

export interface RatingDeps {
  readonly db: Database;
  readonly intake: { accept(events: readonly unknown[]): Promise<unknown> };
  readonly clock: Clock;
}

/** At most so many stars are for a person to read (journeys reference 2, J11). */
export const fewStars = 2;
/** More lines than anybody rates; the page stays a page. */
const mostLines = 50;

/** The way from a rating link to the reviews. It goes through intake like every other event. */
export function createRating({ db, intake, clock }: RatingDeps): Rating {
  async function open(goods: RatedGoods) {
    const order = await readRatedOrder(db, goods.order);
    if (order === undefined || order.customer === null) return undefined;
    const person = await findNameOfCustomer(db, order.customer);
    if (person === undefined) return undefined;
    return { order, person, lines: linesOf(order, goods, person.locale ?? undefined) };
  }

  return {
    async sheet(goods) {
      const opened = await open(goods);
      if (opened === undefined) return undefined;
      const { person, lines } = opened;
      return { ...(person.locale === null ? {} : { locale: person.locale }), lines };
    },
    async rate(goods, stars) {
      const opened = await open(goods);
      for (const { line, stars: before } of opened?.lines ?? []) {
        const given = stars.get(line);
        if (opened === undefined || given === undefined || given === before) continue;
        // The review and the complaint in one transaction: nobody who is displeased is overlooked.
        const events = eventsOf(opened, { goods, line, stars: given, now: clock.now() });
        await tellOnce(intake, events);
      }
    },
  };
}

function linesOf({ goods, given }: RatedOrder, { line: only }: RatedGoods, language?: string): RatingLine[] {
  if (goods.state === 'cancelled' || goods.state === 'refunded') return [];
  return reviewableLines(goodsIn(language, goods).lines)
    .filter(({ line }) => only === undefined || line === only)
    .slice(0, mostLines)
    .map(({ line, title, variant }) => {
      const stars = given.get(line)?.stars;
      return { line, title: title ?? variant, ...(stars === undefined ? {} : { stars }) };
    });
}

interface Tap {
  readonly goods: RatedGoods;
  readonly line: number;
  readonly stars: number;
  readonly now: number;
}

function eventsOf(
  { order, person }: { readonly order: RatedOrder; readonly person: NamedCustomer },
  { goods, line, stars, now }: Tap,
): object[] {
  const before = order.given.get(line);
  const reviewId = ratingIdOf(goods.order, line);
  const about = {
    // An edit comes after what it edits, should the clock say otherwise.
    occurredAt: toIso(Math.max(now, (before?.at ?? 0) + 1)),
    source: 'rating link',
    ...nameInEvent(person),
  };
  const shopLine = order.shopLines.get(line);
  const variant = order.goods.lines.find((good) => good.line === line)?.variant;
  const id = `${reviewId}/${tapOf(stars, before?.at)}`;
  const review = {
    ...about,
    id,
    type: 'review.submitted',
    data: {
      reviewId,
      orderId: order.orderId,
      stars,
      ...(shopLine === undefined ? {} : { line: shopLine }),
      ...(variant === undefined ? {} : { variant }),
    },
  };
  if (stars > fewStars) return [review];
  const complaint = {
    ...about,
    id: `${id}/complaint`,
    type: 'complaint.opened',
    data: { id: reviewId, topic: `rated ${stars} of 5` },
  };
  return [review, complaint];
}

/** The same stars after the same earlier ones are the same tap; after others they are a new one. */
function tapOf(stars: number, before: number | undefined): string {
  const hash = createHash('sha256').update(JSON.stringify([stars, before ?? null]));
  return hash.digest('hex').slice(0, 16);
}
