import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Outgoing } from '../../delivery/channels/channel.ts';

/** What a provider can be made to do. Each adapter names those that its provider can. */
export type Mood =
  | 'accepts'
  | 'refuses-for-good'
  | 'refuses-for-now'
  | 'hangs-before-taking-bytes'
  | 'hangs-after-taking-bytes'
  | 'resets-before-taking-bytes'
  | 'resets-after-taking-bytes'
  | 'answers-late'
  | 'breaks-after-taking-bytes'
  | 'answers-in-part'
  | 'redirects'
  | 'is-not-there';

export interface Received {
  readonly sendId: string;
  readonly to: string;
  /** The subject of an e-mail; the text of a text message. */
  readonly words: string;
}

export interface Provider {
  readonly channel: Channel;
  /** What the provider has taken responsibility for, whatever it answered. */
  readonly received: () => Promise<readonly Received[]>;
  readonly setMood: (mood: Mood) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ContractSubject {
  readonly name: string;
  readonly moods: readonly Mood[];
  readonly open: () => Promise<Provider>;
  /** A message for this channel, with words of its own. */
  readonly message: (words: string) => Outgoing;
}

const inTime = () => AbortSignal.timeout(5000);
const impatient = () => AbortSignal.timeout(200);

/** What the ledger relies on, for every channel and every provider. */
export function channelContract({ name, moods, open, message }: ContractSubject): void {
  describe(`the channel contract: ${name}`, () => {
    let provider: Provider;
    let channel: Channel;

    beforeEach(async () => {
      provider = await open();
      channel = provider.channel;
    });
    afterEach(() => provider.close());

    const when = (mood: Mood, behaviour: string, test: () => Promise<void>) => {
      if (!moods.includes(mood)) return;
      it(behaviour, async () => {
        await provider.setMood(mood);
        await test();
      });
    };

    when('accepts', 'hands a message over once and says accepted', async () => {
      const outgoing = message('Your cart');
      expect(await channel.send(outgoing, inTime())).toMatchObject({ kind: 'accepted' });
      expect(await provider.received()).toEqual([
        { sendId: outgoing.sendId, to: outgoing.to.address, words: 'Your cart' },
      ]);
    });

    when('accepts', 'keeps every letter: Korean, emoji, right to left', async () => {
      const words = '김민아님, 장바구니에 담아 두신 상품이 기다리고 있어요 🛒 שלום “quoted” & <b>';
      expect(await channel.send(message(words), inTime())).toMatchObject({ kind: 'accepted' });
      expect((await provider.received()).map((each) => each.words)).toEqual([words]);
    });

    when('accepts', 'hands over many at once, each to its own recipient', async () => {
      const many = Array.from({ length: 20 }, (_, index) => message(`Number ${index}`));
      const answers = await Promise.all(many.map((each) => channel.send(each, inTime())));
      expect(answers.every((answer) => answer.kind === 'accepted')).toBe(true);
      const received = await provider.received();
      expect(received).toHaveLength(20);
      expect(new Set(received.map((each) => `${each.sendId} ${each.words}`))).toEqual(
        new Set(many.map((each, index) => `${each.sendId} Number ${index}`)),
      );
    });

    when('accepts', 'refuses an address that smuggles in a header, and sends nothing', async () => {
      const good = message('Your cart');
      const bad = { ...good, to: { ...good.to, address: `${good.to.address}\r\nBcc: all@example.com` } };
      expect(await channel.send(bad, inTime())).toMatchObject({ kind: 'rejected', final: true });
      expect(await provider.received()).toEqual([]);
    });

    when('accepts', 'does not send for a caller that has already given up', async () => {
      const answer = await channel.send(message('Too late'), AbortSignal.abort());
      expect(answer.kind).not.toBe('accepted');
      expect(answer.kind).not.toBe('ambiguous');
      expect(await provider.received()).toEqual([]);
    });

    when('refuses-for-good', 'says rejected for good, with a code and no address', async () => {
      const outgoing = message('Your cart');
      const answer = await channel.send(outgoing, inTime());
      expect(answer).toMatchObject({ kind: 'rejected', final: true });
      expect(JSON.stringify(answer)).not.toContain(outgoing.to.address);
      expect(await provider.received()).toEqual([]);
    });

    when('refuses-for-now', 'says throttled, and a later try gets through', async () => {
      const outgoing = message('Your cart');
      const answer = await channel.send(outgoing, inTime());
      expect(answer).toMatchObject({ kind: 'throttled' });
      await provider.setMood('accepts');
      expect(await channel.send(outgoing, inTime())).toMatchObject({ kind: 'accepted' });
      expect(await provider.received()).toHaveLength(1);
    });

    when('hangs-before-taking-bytes', 'gives up in time, and nothing leaves afterwards', async () => {
      const answer = await channel.send(message('Your cart'), impatient());
      expect(answer.kind).toBe('throttled');
      await provider.setMood('accepts');
      expect(await provider.received()).toEqual([]);
    });

    when('hangs-after-taking-bytes', 'gives up in time and says that it may have arrived', async () => {
      expect(await channel.send(message('Your cart'), impatient())).toMatchObject({ kind: 'ambiguous' });
    });

    when('resets-before-taking-bytes', 'says that nothing was accepted', async () => {
      expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'throttled' });
      expect(await provider.received()).toEqual([]);
    });

    when(
      'resets-after-taking-bytes',
      'says that it may have arrived, and does not try again by itself',
      async () => {
        expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'ambiguous' });
        expect(await provider.received()).toHaveLength(1);
      },
    );

    when('answers-late', 'waits for an answer that is slow', async () => {
      expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'accepted' });
      expect(await provider.received()).toHaveLength(1);
    });

    when(
      'breaks-after-taking-bytes',
      'says that it may have arrived when the provider stumbles',
      async () => {
        expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'ambiguous' });
        expect(await provider.received()).toHaveLength(1);
      },
    );

    when('answers-in-part', 'does not take half an answer for a whole one', async () => {
      expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'ambiguous' });
      expect(await provider.received()).toHaveLength(1);
    });

    when('redirects', 'follows nobody elsewhere with the message', async () => {
      expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'ambiguous' });
      await provider.setMood('accepts');
      expect(await provider.received()).toEqual([]);
    });

    when('is-not-there', 'says that nothing was accepted', async () => {
      expect(await channel.send(message('Your cart'), inTime())).toMatchObject({ kind: 'throttled' });
    });
  });
}
