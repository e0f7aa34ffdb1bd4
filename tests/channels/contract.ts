import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, Outgoing } from '../../delivery/channels/channel.ts';
import { fingerprintOf } from '../../delivery/channels/fingerprint.ts';

/** What a provider can be made to do. Each adapter names those that its provider can. */
export type Mood =
  | 'accepts'
  | 'refuses-for-good'
  | 'refuses-for-now'
  | 'refuses-the-account'
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
  /** How many requests to send something reached it, whatever became of them. */
  readonly requests?: () => number;
  /** What it keeps or shows beside the message: tags, ids, URLs, headers of requests. */
  readonly asides?: () => readonly string[];
  readonly setMood: (mood: Mood) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface ContractSubject {
  readonly name: string;
  readonly moods: readonly Mood[];
  readonly open: () => Promise<Provider>;
  /** A message for this channel, with words of its own. */
  readonly message: (words: string) => Outgoing;
  /** The provider can tell what became of a request whose answer was lost. */
  readonly findsAgain?: true;
}

const inTime = () => AbortSignal.timeout(5000);
const impatient = () => AbortSignal.timeout(200);

/** What the ledger relies on, for every channel and every provider. */
export function channelContract({ name, moods, open, message, findsAgain }: ContractSubject): void {
  describe(`the channel contract: ${name}`, () => {
    let provider: Provider;
    let channel: Channel;
    let sends: number;

    beforeEach(async () => {
      provider = await open();
      sends = 0;
      channel = {
        ...provider.channel,
        send(outgoing, signal) {
          sends += 1;
          return provider.channel.send(outgoing, signal);
        },
      };
    });
    afterEach(async () => {
      // Whatever the provider does: at most one request for each call.
      expect(provider.requests?.() ?? 0).toBeLessThanOrEqual(sends);
      await provider.close();
    });

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

    when('accepts', 'answers a message without an address, and does not throw', async () => {
      const nowhere = { ...message('Your cart'), to: { address: '' } };
      expect(await channel.send(nowhere, inTime())).toMatchObject({ kind: 'rejected', final: true });
      expect(await provider.received()).toEqual([]);
    });

    when('accepts', 'shows nobody who it is for beside the message itself', async () => {
      const { asides } = provider;
      if (asides === undefined) return;
      const outgoing = message('Your cart');
      await channel.send({ ...outgoing, to: { ...outgoing.to, name: 'Kanarienvogel' } }, inTime());
      const { address } = outgoing.to;
      const shown = asides().join('\n');
      expect(shown).toContain(outgoing.sendId);
      for (const secret of [address, encodeURIComponent(address), 'Kanarienvogel']) {
        expect(shown).not.toContain(secret);
      }
    });

    if (findsAgain) {
      when('resets-after-taking-bytes', 'finds a message again whose answer was lost', async () => {
        const outgoing = message('Your cart');
        const requestedAt = Date.now();
        await channel.send(outgoing, inTime());
        await provider.setMood('accepts');
        const { address } = outgoing.to;
        const about = { sendId: outgoing.sendId, address, requestedAt };
        expect(await channel.lookUp?.(about)).toMatchObject({ kind: 'accepted' });
      });

      when('accepts', 'does not take another message to the same address for it', async () => {
        const outgoing = message('Your cart');
        await channel.send(outgoing, inTime());
        const { sendId } = message('Another');
        const { address } = outgoing.to;
        const answer = await channel.lookUp?.({ sendId, address, requestedAt: Date.now() });
        expect(answer?.kind).not.toBe('accepted');
      });
    }

    when('is-not-there', 'does not take silence for an answer when it is asked about a request', async () => {
      if (channel.lookUp === undefined) return;
      const { sendId, to, content } = message('Your cart');
      const isClaimed = () => Promise.resolve(new Set<string>());
      const about = { sendId, address: to.address, requestedAt: Date.now(), isClaimed };
      const answer = await channel
        .lookUp({ ...about, fingerprint: fingerprintOf(content) })
        .catch((error: unknown) => error);
      expect(answer).toBeDefined();
      expect(String(answer)).not.toContain(to.address);
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

    when('refuses-the-account', 'says that nothing was accepted and that asking again may help', async () => {
      const outgoing = message('Your cart');
      expect(await channel.send(outgoing, inTime())).toMatchObject({ kind: 'rejected', final: false });
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

    when('answers-late', 'does not deny what arrives although its answer comes too late', async () => {
      const answer = await channel.send(message('Your cart'), impatient());
      await sleep(200);
      const hasArrived = (await provider.received()).length > 0;
      expect(hasArrived ? ['ambiguous'] : ['ambiguous', 'throttled']).toContain(answer.kind);
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
