import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSendgrid,
  type SendgridChannel,
  type SendgridOptions,
} from '../../delivery/channels/email/create-sendgrid.ts';
import { sendgridStatuses } from '../../delivery/channels/email/sendgrid-answers.ts';
import { providerIdOf } from '../../delivery/channels/email/sendgrid-ids.ts';
import { sendgridApiKey, startSendgridServer, type SendgridServer } from '../kit/sendgrid-server.ts';
import { outgoingEmail, outgoingSms } from './outgoing.ts';

const inTime = () => AbortSignal.timeout(5000);

let server: SendgridServer;
let channel: SendgridChannel;
beforeEach(async () => {
  server = await startSendgridServer();
  channel = connect();
});
afterEach(async () => {
  channel.close();
  await server.close();
});

function connect(options: Partial<SendgridOptions> = {}): SendgridChannel {
  return createSendgrid({ apiKey: server.apiKey, baseUrl: server.url, ...options });
}

describe('a request to SendGrid', () => {
  it('says everything itself: no setting is left to the account', async () => {
    const outgoing = outgoingEmail('Your cart');
    const { content, sendId } = outgoing;
    if (content.channel !== 'email') throw new Error('not an e-mail');
    const answer = await channel.send(outgoing, inTime());
    expect(server.taken.map(({ body }) => body)).toEqual([
      {
        personalizations: [{ to: [{ email: `${sendId}@example.com`, name: '김민아' }] }],
        from: { email: 'hello@shop.example', name: 'North & Pine' },
        reply_to: { email: 'help@shop.example' },
        subject: 'Your cart',
        content: [
          { type: 'text/plain', value: content.text },
          { type: 'text/html', value: content.html },
        ],
        headers: {
          'Auto-Submitted': 'auto-generated',
          'Feedback-ID': 'cart-reminder:abandoned-cart:marketing:shop.example',
          'List-Unsubscribe': `<${outgoing.unsubscribe}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          'List-Id': '<marketing.shop.example>',
        },
        categories: ['abandoned-cart', 'cart-reminder#1'],
        custom_args: { send_id: sendId },
        tracking_settings: {
          click_tracking: { enable: false, enable_text: false },
          open_tracking: { enable: false },
          subscription_tracking: { enable: false },
          ganalytics: { enable: false },
        },
      },
    ]);
    expect(answer).toEqual({ kind: 'accepted', providerId: server.taken[0]?.id });
  });

  it('does not offer to stop what is not marketing', async () => {
    const { unsubscribe: _, ...receipt } = outgoingEmail('Your receipt');
    await channel.send({ ...receipt, purpose: 'transactional' }, inTime());
    expect(JSON.stringify(server.taken[0]?.body.headers)).not.toMatch(/List-/);
  });

  it('does not repeat the headers of the mail as headers of the request', async () => {
    const outgoing = outgoingEmail('Your cart');
    await channel.send(outgoing, inTime());
    expect(server.taken).toHaveLength(1);
    expect(server.seenOnTheWay.join()).not.toContain(outgoing.unsubscribe);
    expect(server.seenOnTheWay.join()).not.toMatch(/List-Unsubscribe/i);
  });

  it.each([
    ['Kim; Mina, Dr.', 'Kim  Mina  Dr.'],
    ['', undefined],
  ])('writes a name that SendGrid would not take in another way: %j', async (name, written) => {
    const outgoing = outgoingEmail('Your cart');
    await channel.send({ ...outgoing, to: { ...outgoing.to, name } }, inTime());
    expect(server.taken[0]?.body.personalizations[0]?.to[0]?.name).toBe(written);
  });

  it.each([
    ['subject', { content: { ...outgoingEmail('x').content, subject: 'Hi\r\nBcc: all@example.com' } }],
    ['name of the recipient', { to: { address: 'mina@example.com', name: 'Mina\nBcc: all@example.com' } }],
    ['address of two recipients', { to: { address: 'mina@example.com,all@example.com' } }],
    ['name of the sender', { from: { name: 'Shop\u0000', address: 'hello@shop.example' } }],
    ['reply address', { from: { name: 'S', address: 'hello@shop.example', replyTo: 'a@b.example\r\nX: y' } }],
    ['unsubscribe link', { unsubscribe: 'https://x.example/u\r\nBcc: all@example.com' }],
    ['name of the message', { message: 'cart\r\nBcc: all@example.com' }],
  ])('is not made when its %s would begin a header of its own', async (_, change) => {
    const answer = await channel.send({ ...outgoingEmail('Your cart'), ...change }, inTime());
    expect(answer).toEqual({ kind: 'rejected', code: 'message-unsafe', final: true });
    expect(server.requests).toBe(0);
  });

  it('is not made for a text message', async () => {
    expect(await channel.send(outgoingSms('Hi'), inTime())).toMatchObject({ kind: 'rejected', final: true });
    expect(server.requests).toBe(0);
  });

  it('bears the key of its own connection, beside another one', async () => {
    const other = connect({ apiKey: 'SG.somebody.else', connection: 'other' });
    const [own, others] = await Promise.all([
      channel.send(outgoingEmail('One'), inTime()),
      other.send(outgoingEmail('Two'), inTime()),
    ]);
    expect(own).toMatchObject({ kind: 'accepted' });
    expect(others).toEqual({ kind: 'rejected', code: '401', final: false });
    other.close();
  });
});

describe('an answer of SendGrid', () => {
  const refused = { kind: 'rejected', final: true };
  const paused = { kind: 'rejected', final: false };
  const unknown = { kind: 'ambiguous' };

  it.each([
    [400, refused],
    [401, paused],
    [403, paused],
    [404, refused],
    [405, refused],
    [406, refused],
    [408, unknown],
    [409, unknown],
    [413, refused],
    [415, refused],
    [422, refused],
    [425, unknown],
    [500, unknown],
    [502, unknown],
    [503, unknown],
    [504, unknown],
  ] as const)('of %i proves no more than it does', async (refuse, meaning) => {
    server.setMood({ refuse });
    expect(await channel.send(outgoingEmail('Your cart'), inTime())).toMatchObject(meaning);
    expect(server.requests).toBe(1);
  });

  it('names the field that is wrong and nobody', async () => {
    server.setMood({ refuse: 400 });
    const answer = await channel.send(outgoingEmail('Your cart'), inTime());
    expect(answer).toEqual({ kind: 'rejected', code: '400 personalizations.0.to.0.email', final: true });
  });

  it.each([
    ['throttle', 7000, 7000],
    ['throttle-until-reset', 18_000, 21_000],
    ['throttle-without-a-word', 60_000, 60_000],
  ] as const)('that is a 429 says when to come back: %s', async (mood, least, most) => {
    server.setMood(mood);
    const answer = await channel.send(outgoingEmail('Your cart'), inTime());
    if (answer.kind !== 'throttled') throw new Error(answer.kind);
    expect(answer.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(answer.retryAfterMs).toBeLessThanOrEqual(most);
  });

  it.each(['no-id-after', 'truncate-refusal', 'reset-before', 'fail-before'] as const)(
    'that is none leaves it open: %s',
    async (mood) => {
      server.setMood(mood);
      expect(await channel.send(outgoingEmail('Your cart'), inTime())).toMatchObject(unknown);
      expect(server.requests).toBe(1);
    },
  );

  it('has a source for each status', () => {
    for (const { because, source } of Object.values(sendgridStatuses)) {
      expect(because).not.toBe('');
      expect(source).toMatch(/^(github|static1\.twilio\.com|RFC)/);
    }
  });
});

describe('before a byte has left', () => {
  it.each([
    ['hangs', () => undefined],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['talks of something else', (socket: Socket) => socket.end('220 mail.example ESMTP\r\n')],
  ])('nothing was accepted: the server %s while TLS begins', async (_, meet) => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      socket.on('error', () => undefined);
      sockets.push(socket);
      meet(socket);
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const tls = connect({ baseUrl: `https://127.0.0.1:${port}`, timeoutMs: 300 });
    expect(await tls.send(outgoingEmail('Your cart'), inTime())).toMatchObject({ kind: 'throttled' });
    expect(sockets).toHaveLength(1);
    tls.close();
    sockets.forEach((socket) => socket.destroy());
    silent.close();
  });

  it('nothing was accepted: nobody is called that', async () => {
    const lost = connect({ baseUrl: 'https://sendgrid.invalid' });
    expect(await lost.send(outgoingEmail('Your cart'), inTime())).toMatchObject({ kind: 'throttled' });
    lost.close();
  });
});

describe('a connection', () => {
  it('ends a request after its own limit, when the caller has none', async () => {
    server.setMood('hang-after');
    const short = connect({ timeoutMs: 100 });
    const answer = await short.send(outgoingEmail('Your cart'), new AbortController().signal);
    expect(answer).toEqual({ kind: 'ambiguous', error: 'no answer in time' });
    short.close();
  });

  it('uses its sockets again, and says of a used one that dies that anything may have happened', async () => {
    const one = connect({ connections: 1 });
    await one.send(outgoingEmail('One'), inTime());
    server.setMood('reset-before');
    expect(await one.send(outgoingEmail('Two'), inTime())).toMatchObject({ kind: 'ambiguous' });
    expect(server.requests).toBe(2);
    one.close();
  });
});

describe('a message whose answer was lost', () => {
  const about = ({ sendId, to }: ReturnType<typeof outgoingEmail>) => ({
    sendId,
    address: to.address,
    requestedAt: Date.now(),
  });

  it('is found in the logs among others to the same address', async () => {
    const before = outgoingEmail('Before');
    const lost = { ...outgoingEmail('Lost'), to: before.to };
    const after = { ...outgoingEmail('After'), to: before.to };
    server.setMood('accept', 'reset-after', 'accept');
    for (const each of [before, lost, after]) await channel.send(each, inTime());
    const id = server.taken[1]?.id;
    expect(await channel.lookUp?.(about(lost))).toEqual({ kind: 'accepted', providerId: id });
  });

  it('is not looked for without an address, nor with one that would end the query', async () => {
    const lost = outgoingEmail('Lost');
    await channel.send(lost, inTime());
    const { address: _, ...nowhere } = about(lost);
    expect(await channel.lookUp?.(nowhere)).toBeUndefined();
    const address = `x@example.com" OR to_email = "${lost.to.address}`;
    expect(await channel.lookUp?.({ ...about(lost), address })).toBeUndefined();
    expect(server.seenOnTheWay.filter((line) => line.includes('/v3/logs'))).toEqual([]);
  });

  it('stays unknown when the logs are not to be had', async () => {
    const lost = outgoingEmail('Lost');
    await channel.send(lost, inTime());
    const stranger = connect({ apiKey: 'SG.may.not' });
    expect(await stranger.lookUp?.(about(lost))).toBeUndefined();
    stranger.close();
  });

  it('is not taken for unknown while SendGrid does not answer: it is asked again', async () => {
    const lost = outgoingEmail('Lost');
    await channel.send(lost, inTime());
    await server.close();
    await expect(channel.lookUp?.(about(lost))).rejects.toMatchObject({
      code: 'provider-unreachable',
      retryable: true,
    });
  });

  it('is not taken for one of another day', async () => {
    const lost = outgoingEmail('Lost');
    await channel.send(lost, inTime());
    const yesterday = Date.now() - 24 * 3_600_000;
    expect(await channel.lookUp?.({ ...about(lost), requestedAt: yesterday })).toBeUndefined();
  });
});

it.each([
  ['kWVf6hCbRd6T5wTQ3hQpYQ.recvd-5f54b5d587-pczjm-1-67BADEEA-6.0', 'kWVf6hCbRd6T5wTQ3hQpYQ'],
  ['LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0', 'LRzXl_NHStOGhQ4kofSm_A'],
  ['142d9f3f351.7618.254f56.filter-147.22649.52A663508.0', '142d9f3f351.7618.254f56'],
  ['kWVf6hCbRd6T5wTQ3hQpYQ', 'kWVf6hCbRd6T5wTQ3hQpYQ'],
])('knows the message in the id of an event: %s', (sgMessageId, id) => {
  expect(providerIdOf(sgMessageId)).toBe(id);
});

it('of the local server takes nothing that SendGrid would not', async () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/v3/mail/send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sendgridApiKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }).then((response) => response.status);
  const good = {
    personalizations: [{ to: [{ email: 'mina@example.com' }] }],
    from: { email: 'hello@shop.example' },
    subject: 'Hi',
    content: [{ type: 'text/plain', value: 'Hi' }],
  };
  expect(await post(good)).toBe(202);
  expect(await post({ ...good, mail_settings: { bypass_list_management: { enable: true } } })).toBe(400);
  expect(await post({ ...good, subject: '' })).toBe(400);
  expect(await post({ ...good, headers: { 'Reply-To': 'x@example.com' } })).toBe(400);
  expect(await post({ ...good, categories: ['one', 'one'] })).toBe(400);
  expect(await post(good, { 'content-type': 'text/plain' })).toBe(415);
  expect(await post(good, { authorization: 'Bearer nobody' })).toBe(401);
  expect(server.taken).toHaveLength(1);
});
