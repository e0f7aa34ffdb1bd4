import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createLinks } from '../../delivery/links.ts';
import { newId } from '../../store/new-id.ts';

const publicUrl = 'https://mail.shop.example';
const secret = 'the first secret, thirty-two long';
const links = createLinks({ publicUrl, secret });
const grant = { customer: newId(), delivery: newId(), channel: 'email' as const };
const tokenOf = (url: string) => url.slice(`${publicUrl}/u/`.length);

describe('an unsubscribe link', () => {
  it('says for whom it is, and holds nothing but ids', () => {
    const token = tokenOf(links.unsubscribe(grant));
    expect(token).toMatch(/^[A-Za-z0-9_-]{68}$/);
    expect(links.verifyUnsubscribe(token)).toEqual(grant);
  });

  it('keeps its channel', () => {
    for (const channel of ['email', 'sms', 'whatsapp'] as const) {
      const token = tokenOf(links.unsubscribe({ ...grant, channel }));
      expect(links.verifyUnsubscribe(token)?.channel).toBe(channel);
    }
  });

  it('does not survive the change of a single character', () => {
    const token = tokenOf(links.unsubscribe(grant));
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet.split('')), (place, letter) => {
        const forged = token.slice(0, place) + letter + token.slice(place + 1);
        expect(links.verifyUnsubscribe(forged)).toEqual(forged === token ? grant : undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', 'x', '../../etc/passwd', 'A'.repeat(68), 'A'.repeat(5000), 'ü'.repeat(68)])(
    'is not anything that somebody makes up: %.20s',
    (token) => {
      expect(links.verifyUnsubscribe(token)).toBeUndefined();
    },
  );

  it('works for ever: a new secret still opens links of the old one, and a stranger’s does not', () => {
    const token = tokenOf(links.unsubscribe(grant));
    const renewed = createLinks({
      publicUrl,
      secret: 'the second secret, thirty-two long',
      formerSecrets: [secret],
    });
    const stranger = createLinks({ publicUrl, secret: 'the secret of somebody else, long' });
    expect(renewed.verifyUnsubscribe(token)).toEqual(grant);
    expect(stranger.verifyUnsubscribe(token)).toBeUndefined();
  });
});
