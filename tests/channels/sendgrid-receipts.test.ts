import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createSendgridReceipts } from '../../delivery/channels/email/create-sendgrid-receipts.ts';
import { createSendgrid } from '../../delivery/channels/email/create-sendgrid.ts';
import { sendgridDrops } from '../../delivery/channels/email/sendgrid-events.ts';
import type { Notice, ReceiptReading, WebhookRequest } from '../../delivery/channels/receipts.ts';
import { startSendgridServer, type SendgridServer } from '../kit/sendgrid-server.ts';
import type { CallbackPlan } from '../kit/sendgrid/event-webhook.ts';
import { fates, type Fate } from '../kit/sendgrid/events.ts';
import { bodyOf, signedHeaders, webhookKey, type WebhookKey } from '../kit/sendgrid/signed-post.ts';
import { outgoingEmail } from './outgoing.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-26T10:00:00Z');
const key = webhookKey();
const receipts = createSendgridReceipts({ webhookKey: key.publicKey });

const event = {
  email: 'kanarienvogel@example.com',
  timestamp: now / 1000 - 5,
  event: 'delivered',
  sg_event_id: 'ZGVsaXZlcmVkLTA',
  sg_message_id: 'kWVf6hCbRd6T5wTQ3hQpYQ.recvd-5f54b5d587-pczjm-1-67BADEEA-6.0',
  'smtp-id': '<kWVf6hCbRd6T5wTQ3hQpYQ@geopod-ismtpd-1>',
  send_id: '0193b3a4-5e5f-7000-8000-000000000001',
  response: '250 2.0.0 OK',
};

interface Posted {
  readonly by?: WebhookKey;
  readonly signedAt?: number;
}

function webhook(body: string | Buffer, { by = key, signedAt = now }: Posted = {}): WebhookRequest {
  const signed = Object.entries(signedHeaders(body, by, signedAt));
  return {
    rawBody: Buffer.from(body),
    headers: Object.fromEntries(signed.map(([name, value]) => [name.toLowerCase(), value])),
    url: 'https://mail.shop.example/hooks/sendgrid',
    now,
  };
}

const readEvents = (...events: unknown[]): readonly Notice[] =>
  noticesIn(receipts.read(webhook(bodyOf(events))));

function noticesIn(reading: ReceiptReading): readonly Notice[] {
  if (reading.kind !== 'genuine') throw new Error(reading.why);
  return reading.notices;
}

const signature = 'x-twilio-email-event-webhook-signature';
const timestamp = 'x-twilio-email-event-webhook-timestamp';

describe('the signature of a receipt', () => {
  /** From SendGrid's own tests: github sendgrid/sendgrid-nodejs packages/eventwebhook/src/eventwebhook.spec.js */
  const official = {
    key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==',
    otherKey:
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==',
    signature:
      'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
    badSignature:
      'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0=',
    timestamp: '1588788367',
    body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
  };
  const readOfficial = (change: Partial<typeof official> = {}) => {
    const vector = { ...official, ...change };
    return createSendgridReceipts({ webhookKey: vector.key }).read({
      rawBody: Buffer.from(vector.body),
      headers: { [signature]: vector.signature, [timestamp]: vector.timestamp },
      url: '',
      now: 1_588_788_367_000,
    });
  };

  it('agrees with the official vectors', () => {
    // The vector's body is no list of events, so a good signature gets as far as that.
    expect(readOfficial()).toEqual({ kind: 'refused', why: 'malformed' });
    const forged = { kind: 'refused', why: 'forged' };
    expect(readOfficial({ key: official.otherKey })).toEqual(forged);
    expect(readOfficial({ body: 'payload' })).toEqual(forged);
    expect(readOfficial({ signature: official.badSignature })).toEqual(forged);
    expect(readOfficial({ timestamp: 'timestamp' })).toEqual(forged);
  });

  it('holds for what SendGrid posts, to the line break at the end', () => {
    const body = bodyOf([event]);
    expect(receipts.read(webhook(body)).kind).toBe('genuine');
    const trimmed = { ...webhook(body), rawBody: Buffer.from(body.trimEnd()) };
    expect(receipts.read(trimmed)).toEqual({ kind: 'refused', why: 'forged' });
  });

  it('does not hold when a digit moves between timestamp and body', () => {
    // A body that begins with a digit, so that the signed bytes stay the same.
    const genuine = webhook('7[]');
    const stamp = genuine.headers[timestamp] ?? '';
    const moved = (at: string, body: string) =>
      receipts.read({
        ...genuine,
        rawBody: Buffer.from(body),
        headers: { ...genuine.headers, [timestamp]: at },
      });
    expect(moved(stamp, '7[]')).toEqual({ kind: 'refused', why: 'malformed' });
    expect(moved(`${stamp}7`, '[]')).toEqual({ kind: 'refused', why: 'forged' });
    expect(moved(stamp.slice(0, -1), `${stamp.slice(-1)}7[]`)).toEqual({ kind: 'refused', why: 'forged' });
  });

  it('is asked for', () => {
    const { headers, ...request } = webhook(bodyOf([event]));
    for (const missing of [signature, timestamp]) {
      const without = { ...request, headers: { ...headers, [missing]: undefined } };
      expect(receipts.read(without)).toEqual({ kind: 'refused', why: 'unsigned' });
      expect(receipts.hasSignature(without.headers)).toBe(false);
    }
  });

  it('of somebody else is refused', () => {
    const stranger = webhook(bodyOf([event]), { by: webhookKey() });
    expect(receipts.read(stranger)).toEqual({ kind: 'refused', why: 'forged' });
  });

  it('is good for 25 hours, and not for a future that our clock does not know', () => {
    const signedAt = (at: number) => receipts.read(webhook(bodyOf([event]), { signedAt: at }));
    expect(signedAt(now - 25 * hour + 1000).kind).toBe('genuine');
    expect(signedAt(now - 25 * hour)).toEqual({ kind: 'refused', why: 'stale' });
    expect(signedAt(now + 60_000).kind).toBe('genuine');
    expect(signedAt(now + 10 * 60_000)).toEqual({ kind: 'refused', why: 'stale' });
  });

  it('is good for as long as the shop says', () => {
    const strict = createSendgridReceipts({ webhookKey: key.publicKey, windowMs: 300_000 });
    const old = webhook(bodyOf([event]), { signedAt: now - hour });
    expect(strict.read(old)).toEqual({ kind: 'refused', why: 'stale' });
  });

  it('that is no signature is refused, whatever it is', () => {
    const request = webhook(bodyOf([event]));
    const zeros = Buffer.from([0x30, 6, 2, 1, 0, 2, 1, 0]).toString('base64');
    const read = (text: string) =>
      receipts.read({ ...request, headers: { ...request.headers, [signature]: text } });
    expect(read(zeros)).toEqual({ kind: 'refused', why: 'forged' });
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.base64String({ minLength: 4 })), (text) => {
        expect(read(text)).toEqual({ kind: 'refused', why: 'forged' });
      }),
    );
  });

  it('cannot be checked with what is no key of SendGrid', () => {
    const wrong = () => createSendgridReceipts({ webhookKey: 'bm8gaw==' });
    expect(wrong).toThrow(expect.objectContaining({ code: 'environment-invalid' }));
  });
});

describe('the body of a receipt', () => {
  it('is not read when it is larger than SendGrid ever sends', () => {
    const large = webhook(bodyOf([{ ...event, response: 'x'.repeat(5_000_000) }]));
    expect(receipts.read(large)).toEqual({ kind: 'refused', why: 'malformed' });
  });

  it.each(['', 'null', '{}', '"text"', '[', '[{]', '['.repeat(100_000), '\u0000'])(
    'is refused when it is signed and no list: %.20j',
    (body) => {
      expect(receipts.read(webhook(body))).toEqual({ kind: 'refused', why: 'malformed' });
    },
  );

  it('is read event by event: what cannot be read does not take its neighbours along', () => {
    const strange = [
      null,
      7,
      [],
      {},
      { event: 7 },
      { event: 'delivered', timestamp: 'yesterday', send_id: 'x' },
    ];
    const notices = readEvents(event, ...strange, event);
    expect(notices.map(({ kind }) => kind)).toEqual([
      'delivered',
      ...Array.from({ length: 5 }, () => 'other'),
      'delivered',
      'delivered',
    ]);
    expect(notices[6]).toMatchObject({ at: now });
    expect(notices[6]).not.toHaveProperty('sendId');
  });

  it.each(['2200-01-01T00:00:00Z', '2026-11-26T10:05:01Z', '5138-11-16T09:46:39Z'])(
    'is of the instant of its signature when it says that it happens later, at %s',
    (later) => {
      const timestamp = Date.parse(later) / 1000;
      const [notice] = readEvents({ ...event, event: 'unsubscribe', timestamp });
      expect(notice).toMatchObject({ kind: 'unsubscribed', at: now, raw: { timestamp } });
    },
  );

  it('keeps an instant of its own that can be, also by a clock that runs a little ahead', () => {
    const seconds = [-86_400, -1, 300];
    const notices = readEvents(...seconds.map((after) => ({ ...event, timestamp: now / 1000 + after })));
    expect(notices.map(({ at }) => at)).toEqual(seconds.map((after) => now + after * 1000));
  });

  it('may be nested as deeply as it likes', () => {
    const deep = `[${'['.repeat(200_000)}${']'.repeat(200_000)}]`;
    expect(noticesIn(receipts.read(webhook(deep)))).toMatchObject([{ kind: 'other', name: 'unreadable' }]);
  });

  it('never makes it throw, whatever is signed', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (events) => {
        expect(readEvents(...events)).toHaveLength(events.length);
      }),
    );
    fc.assert(
      fc.property(
        fc.record(
          {
            event: fc.constantFrom('bounce', 'dropped', 'deferred', 'new'),
            reason: fc.jsonValue(),
            status: fc.jsonValue(),
            type: fc.jsonValue(),
            timestamp: fc.jsonValue(),
            sg_event_id: fc.jsonValue(),
          },
          { requiredKeys: ['event'] },
        ),
        (strange) => {
          const [notice] = readEvents(strange);
          expect(Number.isFinite(notice?.at)).toBe(true);
          expect(notice?.id).not.toBe('');
        },
      ),
    );
  });
});

describe('an event', () => {
  it('becomes a notice with our id, the id of the acceptance and its own instant', () => {
    expect(readEvents(event)).toEqual([
      {
        kind: 'delivered',
        id: 'ZGVsaXZlcmVkLTA',
        at: now - 5000,
        sendId: event.send_id,
        providerId: 'kWVf6hCbRd6T5wTQ3hQpYQ',
        raw: expect.objectContaining({ event: 'delivered', response: '250 2.0.0 OK' }),
      },
    ]);
  });

  it.each([
    [{ event: 'processed' }, { kind: 'accepted' }],
    [
      { event: 'deferred', response: '451 4.7.1 Greylisted' },
      { kind: 'deferred', code: '451 4.7.1' },
    ],
    [
      { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no' },
      { kind: 'bounced', hard: true, code: '550 5.1.1' },
    ],
    [
      { event: 'bounce', type: 'bounce', status: '4.4.2', reason: 'timed out' },
      { kind: 'bounced', hard: false, code: '4.4.2' },
    ],
    [
      { event: 'bounce', type: 'blocked', status: '5.7.1', reason: '550-5.7.1 spam' },
      { kind: 'bounced', hard: false, code: '550 5.7.1' },
    ],
    // Real ones without a status: a domain that does not exist.
    [
      { event: 'bounce', type: 'blocked', reason: 'unable to get mx info' },
      { kind: 'bounced', hard: false },
    ],
    [
      { event: 'dropped', reason: 'Bounced Address' },
      { kind: 'failed', code: 'dropped-bounced', class: 'bad-address' },
    ],
    [
      { event: 'dropped', reason: 'Unsubscribed Address' },
      { kind: 'failed', code: 'dropped-unsubscribed', class: 'opted-out' },
    ],
    [
      { event: 'dropped', reason: 'A reason of tomorrow' },
      { kind: 'failed', code: 'dropped', class: 'unknown' },
    ],
    [{ event: 'open' }, { kind: 'opened' }],
    [{ event: 'click', url: 'https://shop.example/?who=mina' }, { kind: 'clicked' }],
    [{ event: 'spamreport' }, { kind: 'complained' }],
    [{ event: 'unsubscribe' }, { kind: 'unsubscribed' }],
    [{ event: 'group_unsubscribe' }, { kind: 'unsubscribed' }],
    [{ event: 'group_resubscribe' }, { kind: 'other', name: 'group_resubscribe' }],
    [{ event: 'account_status_change' }, { kind: 'other', name: 'account_status_change' }],
  ])('%j is told as %j', (details, news) => {
    const { response: _, ...common } = event;
    const head = {
      id: event.sg_event_id,
      at: now - 5000,
      sendId: event.send_id,
      providerId: 'kWVf6hCbRd6T5wTQ3hQpYQ',
      raw: expect.any(Object),
    };
    expect(readEvents({ ...common, ...details })).toEqual([{ ...head, ...news }]);
  });

  it('has the same id each time it comes, with or without one of its own', () => {
    const { sg_event_id: _, ...nameless } = event;
    const [first, second, other] = readEvents(nameless, nameless, { ...nameless, event: 'open' });
    expect(first?.id).toBe(second?.id);
    expect(first?.id).not.toBe(other?.id);
  });

  it('does not bring an id that no database would take', () => {
    for (const id of ['with\u0000nothing', 'with a space', 'x'.repeat(101), '']) {
      expect(readEvents({ ...event, sg_event_id: id })[0]?.id).toMatch(/^[\w-]{43}$/);
    }
  });

  it('does not carry whom it is about, nor with what they read it', () => {
    const told = readEvents({
      ...event,
      event: 'bounce',
      reason: '550 5.1.1 <kanarienvogel@example.com>: User unknown, see kanarienvogel@example.com',
      ip: '203.0.113.7',
      useragent: 'Mozilla/5.0 (kanarienvogel)',
      url: 'https://shop.example/kanarienvogel',
    });
    expect(JSON.stringify(told)).not.toMatch(/kanarienvogel|203\.0|Mozilla/);
    expect(JSON.stringify(told)).toContain('User unknown');
    // Cut where the address stands.
    const long = readEvents({ ...event, response: `${'x '.repeat(147)}kanarienvogel@example.com` });
    expect(JSON.stringify(long)).not.toContain('kanarien');
  });

  it('has a row with a source for each reason of a drop', () => {
    for (const { code, source } of Object.values(sendgridDrops)) {
      expect(code).toMatch(/^dropped-/);
      expect(source).toContain('twilio.com');
    }
  });
});

describe('a shop that listens', () => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  afterEach(() => shop.close());

  /** The local SendGrid, a channel to it, and a webhook that reads what it posts. */
  async function openShop(callbacks: CallbackPlan) {
    const notices: Notice[] = [];
    const refusals: string[] = [];
    let busy = 0;
    const hooks = createServer((request, response) => {
      void buffer(request).then((rawBody) => {
        if (busy > 0) {
          busy -= 1;
          return response.writeHead(503).end();
        }
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const reading = readAt({ rawBody, headers, url: '', now: Date.now() });
        if (reading.kind === 'genuine') notices.push(...reading.notices);
        else refusals.push(reading.why);
        return response.writeHead(reading.kind === 'genuine' ? 204 : 403).end();
      });
    }).listen(0, '127.0.0.1');
    await once(hooks, 'listening');
    const { port } = hooks.address() as AddressInfo;
    const server: SendgridServer = await startSendgridServer({
      webhook: `http://127.0.0.1:${port}/hooks/sendgrid`,
      callbacks,
      delayMs: 100,
    });
    const reader = createSendgridReceipts({ webhookKey: server.webhookKey });
    const readAt = (request: WebhookRequest) => reader.read(request);
    const channel = createSendgrid({ apiKey: server.apiKey, baseUrl: server.url });
    return {
      server,
      notices,
      refusals,
      beBusy: (times: number) => {
        busy = times;
      },
      async send(fate: Fate) {
        const outgoing = outgoingEmail('Your cart');
        server.setFate(outgoing.to.address, fate);
        const answer = await channel.send(outgoing, AbortSignal.timeout(5000));
        await server.calledBack();
        return { sendId: outgoing.sendId, providerId: answer.kind === 'accepted' ? answer.providerId : '' };
      },
      async close() {
        channel.close();
        await server.close();
        hooks.closeAllConnections();
        hooks.close();
      },
    };
  }

  it.each(fates)('hears of a mail that is %s, by both ids', async (fate) => {
    shop = await openShop('once');
    const { sendId, providerId } = await shop.send(fate);
    const kinds = {
      delivered: ['accepted', 'delivered'],
      'deferred-then-delivered': ['accepted', 'deferred', 'delivered'],
      bounced: ['accepted', 'bounced'],
      blocked: ['accepted', 'bounced'],
      dropped: ['failed'],
      complained: ['accepted', 'delivered', 'complained'],
      unsubscribed: ['accepted', 'delivered', 'unsubscribed'],
    }[fate];
    expect(shop.notices.map(({ kind }) => kind)).toEqual(kinds);
    for (const notice of shop.notices) expect(notice).toMatchObject({ sendId, providerId });
    expect(shop.refusals).toEqual([]);
  });

  it('knows again what comes twice', async () => {
    shop = await openShop('twice');
    await shop.send('delivered');
    expect(shop.notices).toHaveLength(4);
    expect(new Set(shop.notices.map(({ id }) => id)).size).toBe(2);
  });

  it('hears the end before the beginning, and each with its instant', async () => {
    shop = await openShop('reversed');
    await shop.send('delivered');
    expect(shop.notices.map(({ kind }) => kind)).toEqual(['delivered', 'accepted']);
    const [end, beginning] = shop.notices;
    expect(end?.at ?? 0).toBeGreaterThan(beginning?.at ?? 0);
  });

  it('hears late, or never', async () => {
    shop = await openShop('late');
    await shop.send('delivered');
    expect(shop.notices).toHaveLength(2);
    shop.server.setCallbacks('never');
    await shop.send('delivered');
    expect(shop.notices).toHaveLength(2);
  });

  it('is told again when it could not listen', async () => {
    shop = await openShop('once');
    shop.beBusy(2);
    await shop.send('delivered');
    expect(shop.notices).toHaveLength(2);
  });
});
