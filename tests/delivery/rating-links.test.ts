import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../delivery/links.ts';
import { newId } from '../../store/new-id.ts';

const publicUrl = 'https://mail.shop.example';
const secret = 'the first secret, thirty-two long';
const links = createLinks({ publicUrl, secret });
const tokenOf = (url: string) => url.slice(`${publicUrl}/r/`.length);

describe('a rating link', () => {
  it('says which line of which order may be rated, and is short enough for a text message', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (line) => {
        const goods = { order: newId(), line };
        const token = tokenOf(links.rating(goods));
        expect(token).toMatch(/^[\w-]{48}$/);
        expect(links.verifyRating(token)).toEqual(goods);
      }),
      { numRuns: 200 },
    );
  });

  it('of a whole order names no line', () => {
    const goods = { order: newId() };
    expect(links.verifyRating(tokenOf(links.rating(goods)))).toEqual(goods);
  });

  it('does not survive the change of a single character', () => {
    const goods = { order: newId(), line: 3 };
    const token = tokenOf(links.rating(goods));
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet.split('')), (place, letter) => {
        const forged = token.slice(0, place) + letter + token.slice(place + 1);
        expect(links.verifyRating(forged)).toEqual(forged === token ? goods : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it('is no other kind of link, whatever it is called', () => {
    const rating = tokenOf(links.rating({ order: newId(), line: 1 }));
    expect(links.verifyUnsubscribe(rating)).toBeUndefined();
    expect(links.verifyPreferences(rating)).toBeUndefined();
    const unsubscribe = links.unsubscribe({ customer: newId(), delivery: newId(), channel: 'email' });
    const preferences = links.preferences(newId());
    for (const other of [unsubscribe, preferences]) {
      expect(links.verifyRating(other.split('/').at(-1) ?? '')).toBeUndefined();
    }
  });

  it('outlives a change of the secret, and is not made by a stranger', () => {
    const goods = { order: newId(), line: 1 };
    const token = tokenOf(links.rating(goods));
    const renewed = createLinks({
      publicUrl,
      secret: 'the second secret, thirty-two long',
      formerSecrets: [secret],
    });
    const stranger = createLinks({ publicUrl, secret: 'the secret of somebody else, long' });
    expect(renewed.verifyRating(token)).toEqual(goods);
    expect(stranger.verifyRating(token)).toBeUndefined();
  });
});
