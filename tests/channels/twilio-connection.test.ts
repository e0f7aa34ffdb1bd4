import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Acceptance, Outgoing } from '../../delivery/channels/channel.ts';
import { startTwilioServer, twilioAccount, type TwilioServer } from '../kit/twilio-server.ts';
import { at, outgoingSms, outgoingWhatsApp } from './outgoing.ts';
import { publicUrl, smsTo, whatsAppTo } from './twilio-channels.ts';

const inTime = () => AbortSignal.timeout(5000);

let server: TwilioServer;
beforeEach(async () => {
  server = await startTwilioServer({ callbacks: 'never' });
});
afterEach(() => server.close());

describe('what Twilio is asked for', () => {
  it('is a text message by the service, with our callback and an end', async () => {
    const outgoing = outgoingSms('Your cart waits');
    await smsTo(server).send(outgoing, inTime());
    expect(server.taken).toMatchObject([
      {
        to: '+447700900123',
        messagingServiceSid: twilioAccount.messagingServiceSid,
        body: 'Your cart waits',
        smartEncoded: false,
        statusCallback: `${publicUrl}/hooks/twilio-sms?s=${outgoing.sendId}`,
        validityPeriod: 3540,
      },
    ]);
    // The service chooses the number.
    expect(server.taken[0]).not.toHaveProperty('from');
  });

  it('is an approved template over WhatsApp, with what fills it', async () => {
    const content = server.addContent({ name: 'cart_reminder', body: '{{1}}, your {{2}} waits' });
    const variables = { 1: '민아', 2: '"bag" {{3}} \n' };
    const answer = await whatsAppTo(server).send(
      outgoingWhatsApp('…', { template: content.sid, variables }),
      inTime(),
    );
    expect(answer.kind).toBe('accepted');
    expect(server.taken).toMatchObject([
      {
        to: 'whatsapp:+447700900123',
        from: 'whatsapp:+14155238886',
        contentSid: content.sid,
        contentVariables: variables,
        words: '민아, your "bag" {{3}} \n waits',
      },
    ]);
    expect(server.taken[0]).not.toHaveProperty('body');
  });

  it('is free text over WhatsApp only where the message has no template', async () => {
    await whatsAppTo(server).send(outgoingWhatsApp('Thank you for writing'), inTime());
    expect(server.taken).toMatchObject([{ body: 'Thank you for writing' }]);
    expect(server.taken[0]).not.toHaveProperty('contentSid');
  });

  it('is refused by a channel of another medium, without a request', async () => {
    const crossed = [
      await smsTo(server).send(outgoingWhatsApp('x'), inTime()),
      await whatsAppTo(server).send(outgoingSms('x'), inTime()),
    ];
    expect(crossed).toMatchObject([
      { kind: 'rejected', final: true },
      { kind: 'rejected', final: true },
    ]);
    expect(server.requests).toBe(0);
  });
});

describe('until when Twilio may keep it', () => {
  const sendWith = (validForSeconds: number): Promise<Acceptance> =>
    smsTo(server).send({ ...outgoingSms('x'), validUntil: at + validForSeconds * 1000 }, inTime());

  it.each([
    [120, 60],
    [121.9, 61],
    [36_059, 35_999],
    [36_060, 36_000],
    [900_000, 36_000],
  ])('leaves a minute for the way: %d s are %d s in its queue', async (validFor, period) => {
    expect(await sendWith(validFor)).toMatchObject({ kind: 'accepted' });
    expect(server.taken).toMatchObject([{ validityPeriod: period }]);
  });

  it.each([119.9, 60, 0, -5])('is asked for later when there is too little time: %d s', async (validFor) => {
    expect(await sendWith(validFor)).toEqual({ kind: 'rejected', code: 'validity-too-short', final: false });
    expect(server.requests).toBe(0);
  });
});

describe('what an answer of Twilio means', () => {
  const rejected = (code: string, final: boolean) => ({ kind: 'rejected', code, final });
  it.each([
    [21610, 400, rejected('21610 opted-out', true)],
    [21211, 400, rejected('21211 bad-address', true)],
    [21612, 400, rejected('21612 blocked', true)],
    [21617, 400, rejected('21617 content', true)],
    [63016, 400, rejected('63016 window-closed', true)],
    [63049, 400, rejected('63049 marketing-limit', true)],
    [29999, 400, rejected('29999 unknown', true)],
    [30008, 400, rejected('30008 not-delivered', false)],
    [20003, 401, { kind: 'throttled', retryAfterMs: 300_000, code: '20003 connection' }],
    [21408, 403, { kind: 'throttled', retryAfterMs: 300_000, code: '21408 connection' }],
    [21611, 400, { kind: 'throttled', retryAfterMs: 60_000, code: '21611 throttled' }],
    [20429, 429, { kind: 'throttled', retryAfterMs: 60_000, code: '20429 throttled' }],
    [29998, 429, { kind: 'throttled', retryAfterMs: 60_000, code: '29998 unknown' }],
    [20500, 500, { kind: 'ambiguous', error: 'HTTP 500' }],
    [20503, 503, { kind: 'ambiguous', error: 'HTTP 503' }],
    [20408, 408, { kind: 'ambiguous', error: 'HTTP 408' }],
    [20409, 409, { kind: 'ambiguous', error: 'HTTP 409' }],
  ])('%d with HTTP %d', async (refuse, status, answer) => {
    server.setMood({ refuse, status });
    expect(await smsTo(server).send(outgoingSms('x'), inTime())).toEqual(answer);
  });

  it('waits as long as Twilio asks for', async () => {
    server.setMood('throttle');
    expect(await smsTo(server).send(outgoingSms('x'), inTime())).toEqual({
      kind: 'throttled',
      retryAfterMs: 7000,
      code: '20429 throttled',
    });
  });

  it.each(['gibberish-after', 'truncate-after', 'reset-after', 'hang-after', 'fail-after'] as const)(
    'may be an acceptance that was not heard: %s',
    async (mood) => {
      server.setMood(mood);
      const answer = await smsTo(server).send(outgoingSms('x'), AbortSignal.timeout(300));
      expect(answer.kind).toBe('ambiguous');
      expect(server.requests).toBe(1);
      expect(server.taken).toHaveLength(1);
    },
  );

  it.each(['reset-before', 'fail-before', 'hang-before', 'redirect'] as const)(
    'is not taken for a refusal either, and not asked for again: %s',
    async (mood) => {
      server.setMood(mood, 'accept');
      const answer = await smsTo(server).send(outgoingSms('x'), AbortSignal.timeout(300));
      expect(answer.kind).toBe('ambiguous');
      expect(server.requests).toBe(1);
      expect(server.taken).toHaveLength(0);
    },
  );

  it('is refused for a number on the list of STOP, and not any more after START', async () => {
    const write = (body: string) =>
      server.write({ from: '+447700900123', to: '+15005550006', body, url: `${publicUrl}/hooks/twilio-sms` });
    await write('Stop');
    const channel = smsTo(server);
    expect(await channel.send(outgoingSms('x'), inTime())).toMatchObject({ code: '21610 opted-out' });
    await write('START');
    expect(await channel.send(outgoingSms('x'), inTime())).toMatchObject({ kind: 'accepted' });
  });

  it('holds neither the token nor the address', async () => {
    const strange = smsTo({ url: 'http://127.0.0.1:9' });
    const answers = [await strange.send(outgoingSms('x'), inTime())];
    server.setMood({ refuse: 21211 });
    answers.push(await smsTo(server).send(outgoingSms('x'), inTime()));
    expect(JSON.stringify(answers)).not.toMatch(new RegExp(`7700900123|${twilioAccount.authToken}`));
  });
});

describe('a line on which nothing left', () => {
  let line: Server;
  const open = async (onSocket: (socket: Socket) => void): Promise<string> => {
    line = createServer((socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    line.listen(0, '127.0.0.1');
    await once(line, 'listening');
    const { port } = line.address() as AddressInfo;
    return `https://127.0.0.1:${port}`;
  };
  afterEach(() => void line?.close());

  const answerOver = async (onSocket: (socket: Socket) => void, outgoing: Outgoing = outgoingSms('x')) =>
    smsTo({ url: await open(onSocket) }).send(outgoing, AbortSignal.timeout(500));

  it('is proof that nothing was accepted: the keys were never agreed on', async () => {
    const sockets: Socket[] = [];
    const answer = await answerOver((socket) => void sockets.push(socket));
    expect(answer).toEqual({ kind: 'throttled', retryAfterMs: 30_000, code: 'timed-out' });
    sockets.forEach((socket) => socket.destroy());
  });

  it('is proof that nothing was accepted: the line was cut before', async () => {
    const answer = await answerOver((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    expect(answer).toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
  });

  it('is proof that nothing was accepted: the other side is not who it says', async () => {
    const answer = await answerOver(
      (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400\r\n\r\n')),
    );
    expect(answer.kind).toBe('throttled');
  });
});

it.each(['hang-after', 'reset-after'] as const)(
  'knows that bytes left on a line that was open already: %s',
  async (mood) => {
    const channel = smsTo(server);
    expect((await channel.send(outgoingSms('One'), inTime())).kind).toBe('accepted');
    server.setMood(mood);
    const answer = await channel.send(outgoingSms('Two'), AbortSignal.timeout(300));
    expect(answer.kind).toBe('ambiguous');
    expect(server.taken).toHaveLength(2);
  },
);

it('goes on over a new line when Twilio has closed an idle one, and sends once', async () => {
  const channel = smsTo(server);
  expect((await channel.send(outgoingSms('One'), inTime())).kind).toBe('accepted');
  server.dropConnections();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await channel.send(outgoingSms('Two'), inTime())).kind).toBe('accepted');
  expect(server.requests).toBe(2);
});
