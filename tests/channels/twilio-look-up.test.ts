import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EarlierRequest, Outgoing } from '../../delivery/channels/channel.ts';
import { fingerprintOf } from '../../delivery/channels/fingerprint.ts';
import { startTwilioServer, type TwilioServer } from '../kit/twilio-server.ts';
import { outgoingSms, outgoingWhatsApp } from './outgoing.ts';
import { smsTo, whatsAppTo } from './twilio-channels.ts';

let server: TwilioServer;
beforeEach(async () => {
  server = await startTwilioServer({ callbacks: 'never' });
});
afterEach(() => server.close());

const nobody = () => Promise.resolve(new Set<string>());

function earlier(outgoing: Outgoing, more: Partial<EarlierRequest> = {}): EarlierRequest {
  return {
    sendId: outgoing.sendId,
    address: outgoing.to.address,
    requestedAt: Date.now(),
    fingerprint: fingerprintOf(outgoing.content),
    isClaimed: nobody,
    ...more,
  };
}

async function lose(outgoing: Outgoing): Promise<void> {
  server.setMood('fail-after');
  const answer = await smsTo(server).send(outgoing, AbortSignal.timeout(5000));
  expect(answer.kind).toBe('ambiguous');
}

describe('a lost answer', () => {
  it('is found again by number, words and time', async () => {
    const outgoing = outgoingSms('Your cart waits');
    await lose(outgoing);
    expect(await smsTo(server).lookUp?.(earlier(outgoing))).toEqual({
      kind: 'accepted',
      providerId: server.taken[0]?.sid,
    });
  });

  it('is found again over WhatsApp by the words of the filled template', async () => {
    const content = server.addContent({ name: 'cart_reminder', body: 'Hello {{1}}' });
    const outgoing = outgoingWhatsApp('Hello Mina', { template: content.sid, variables: { 1: 'Mina' } });
    await whatsAppTo(server).send(outgoing, AbortSignal.timeout(5000));
    expect(await whatsAppTo(server).lookUp?.(earlier(outgoing))).toMatchObject({ kind: 'accepted' });
    // The same words by the other road to the same person are not it.
    expect(await smsTo(server).lookUp?.(earlier(outgoing))).toBeUndefined();
  });

  it('is found among other messages to the same person', async () => {
    const outgoing = outgoingSms('Your cart waits');
    await lose(outgoingSms('Another one'));
    await lose(outgoing);
    await lose(outgoingSms('A third'));
    expect(await smsTo(server).lookUp?.(earlier(outgoing))).toMatchObject({
      providerId: server.taken[1]?.sid,
    });
  });
});

describe('what proves nothing', () => {
  const sent = outgoingSms('Your cart waits');

  it('is a message when the address or the words were not kept', async () => {
    await lose(sent);
    const { address, fingerprint, ...rest } = earlier(sent);
    expect(address && fingerprint).toBeDefined();
    expect(await smsTo(server).lookUp?.({ ...rest, ...(address ? { address } : {}) })).toBeUndefined();
    expect(
      await smsTo(server).lookUp?.({ ...rest, ...(fingerprint ? { fingerprint } : {}) }),
    ).toBeUndefined();
  });

  it.each<[string, Partial<EarlierRequest>]>([
    ['it went to another number', { address: '+447700900999' }],
    ['it says something else', { fingerprint: fingerprintOf(outgoingSms('Something else').content) }],
    ['it was made before the request', { requestedAt: Date.now() + 10_000 }],
    ['it was made long after the request', { requestedAt: Date.now() - 100_000 }],
  ])('is a message when %s', async (_, more) => {
    await lose(sent);
    expect(await smsTo(server).lookUp?.(earlier(sent, more))).toBeUndefined();
  });

  it('is a message that is the answer to another request', async () => {
    await lose(sent);
    const isClaimed = (sids: readonly string[]) => Promise.resolve(new Set(sids));
    expect(await smsTo(server).lookUp?.(earlier(sent, { isClaimed }))).toBeUndefined();
  });

  it('is one of two that could be it', async () => {
    await lose(sent);
    await lose(sent);
    expect(await smsTo(server).lookUp?.(earlier(sent))).toBeUndefined();
  });

  it('is one of two that could be it, unless the other is spoken for', async () => {
    await lose(sent);
    await lose(sent);
    const first = server.taken[0]?.sid ?? '';
    const isClaimed = () => Promise.resolve(new Set([first]));
    expect(await smsTo(server).lookUp?.(earlier(sent, { isClaimed }))).toMatchObject({
      providerId: server.taken[1]?.sid,
    });
  });

  it('is an answer without the message', async () => {
    expect(await smsTo(server).lookUp?.(earlier(sent))).toBeUndefined();
  });

  it('is an answer that the account may not ask', async () => {
    await lose(sent);
    const stranger = { url: server.url, authToken: 'the token of somebody else' };
    expect(await smsTo(stranger).lookUp?.(earlier(sent))).toBeUndefined();
  });

  it('is not silence: that is no answer, and the question is asked again', async () => {
    await expect(smsTo({ url: 'http://127.0.0.1:9' }).lookUp?.(earlier(sent))).rejects.toMatchObject({
      code: 'provider-unreachable',
      retryable: true,
    });
  });
});
