import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceiptReading, WebhookRequest } from '../../delivery/channels/receipts.ts';
import { createTwilioReceipts } from '../../delivery/channels/twilio/create-twilio-receipts.ts';
import { isSignedByTwilio } from '../../delivery/channels/twilio/twilio-signature.ts';
import { newId } from '../../store/new-id.ts';
import { statusParameters } from '../kit/twilio/callbacks.ts';
import { signatureOf } from '../kit/twilio/signed-post.ts';
import { newSid, type MessageStatus } from '../kit/twilio/taken-message.ts';
import { twilioAccount } from '../kit/twilio-server.ts';

const { accountSid, authToken } = twilioAccount;
const now = Date.parse('2026-11-26T10:00:00Z');
const hook = 'https://mail.shop.example/hooks/twilio-sms';
const receipts = createTwilioReceipts({ accountSid, authToken, connection: 'twilio-sms' });

type Parameters = Readonly<Record<string, string>>;

function requestOf(parameters: Parameters, url: string, signature: string | undefined): WebhookRequest {
  return {
    rawBody: Buffer.from(new URLSearchParams(parameters).toString()),
    headers: { 'x-twilio-signature': signature, host: 'somewhere.else.example' },
    url,
    now,
  };
}

function genuine(parameters: Parameters, url = hook, token: string = authToken): WebhookRequest {
  return requestOf(parameters, url, signatureOf(token, url, parameters));
}

const sid = newSid('SM');
const status = (messageStatus: MessageStatus, errorCode?: number): Record<string, string> =>
  statusParameters(
    { sid, to: '+447700900123', from: '+15005550006' },
    messageStatus,
    { accountSid },
    errorCode,
  );

const inbound = (more: Parameters = {}): Record<string, string> => ({
  ToCountry: 'GB',
  SmsMessageSid: sid,
  NumMedia: '0',
  FromCity: '',
  SmsStatus: 'received',
  Body: 'Stop, please',
  To: '+15005550006',
  NumSegments: '1',
  MessageSid: sid,
  AccountSid: accountSid,
  From: '+447700900123',
  ApiVersion: '2010-04-01',
  ...more,
});

const noticesOf = (reading: ReceiptReading) => (reading.kind === 'genuine' ? reading.notices : []);
const refusal = (why: string) => ({ kind: 'refused', why });

describe('a signature of Twilio', () => {
  const vector = {
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    fields: {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    },
  };

  it('is the one of the example in its documentation', () => {
    expect(isSignedByTwilio(vector, ['12345'])).toBe(true);
    expect(signatureOf('12345', vector.url, vector.fields)).toBe(vector.signature);
  });

  it('holds with either token of the account, and with no other', () => {
    expect(isSignedByTwilio(vector, ['other', '12345'])).toBe(true);
    expect(isSignedByTwilio(vector, ['12345', 'other'])).toBe(true);
    expect(isSignedByTwilio(vector, ['other', '1234'])).toBe(false);
    expect(isSignedByTwilio(vector, [])).toBe(false);
  });

  it('covers every field, also one that nobody knows', () => {
    const withMore = { ...vector, fields: { ...vector.fields, NewField: 'x' } };
    expect(isSignedByTwilio(withMore, ['12345'])).toBe(false);
  });

  it('is false, and does not throw, for an address that is none', () => {
    expect(isSignedByTwilio({ ...vector, url: 'no address' }, ['12345'])).toBe(false);
  });
});

describe('a status callback', () => {
  it.each([
    ['queued', { kind: 'accepted' }],
    ['sending', { kind: 'accepted' }],
    ['sent', { kind: 'sent' }],
    ['delivered', { kind: 'delivered' }],
    ['read', { kind: 'read' }],
  ] as const)('says that a message is %s', (messageStatus, news) => {
    const sendId = newId();
    expect(receipts.read(genuine(status(messageStatus), `${hook}?s=${sendId}`))).toEqual({
      kind: 'genuine',
      notices: [
        {
          id: `${sid}|${messageStatus}|`,
          at: now,
          sendId,
          providerId: sid,
          raw: { MessageSid: sid, MessageStatus: messageStatus },
          ...news,
        },
      ],
    });
  });

  it.each([
    [30003, 'not-delivered'],
    [30005, 'bad-address'],
    [30007, 'blocked'],
    [21610, 'opted-out'],
    [63016, 'window-closed'],
    [63049, 'marketing-limit'],
    [30036, 'expired'],
    [39999, 'unknown'],
  ] as const)('says why a message failed: %d is %s', (code, failure) => {
    const [notice] = noticesOf(receipts.read(genuine(status('undelivered', code))));
    expect(notice).toMatchObject({
      id: `${sid}|undelivered|${code}`,
      kind: 'failed',
      code: String(code),
      class: failure,
    });
  });

  it('says that a message failed also without a code', () => {
    const [notice] = noticesOf(receipts.read(genuine(status('failed'))));
    expect(notice).toMatchObject({ kind: 'failed', code: 'failed', class: 'unknown' });
  });

  it('is one notice however often it comes, and another one with each status', () => {
    const idOf = (messageStatus: MessageStatus) =>
      noticesOf(receipts.read(genuine(status(messageStatus)))).map(({ id }) => id);
    expect(idOf('delivered')).toEqual(idOf('delivered'));
    expect(idOf('delivered')).not.toEqual(idOf('sent'));
  });

  it('keeps no address', () => {
    const [notice] = noticesOf(receipts.read(genuine(status('delivered'))));
    expect(JSON.stringify(notice)).not.toContain('7700900123');
  });

  it('may bring fields that did not exist when this was written', () => {
    const more = { ...status('delivered'), RawDlrDoneDate: '2611261000', SomethingNew: 'yes' };
    expect(receipts.read(genuine(more)).kind).toBe('genuine');
  });

  it('is not believed without our send id in the form of one', () => {
    const reading = receipts.read(genuine(status('delivered'), `${hook}?s=1' or '1'='1`));
    expect(reading).toEqual(refusal('malformed'));
    const twice = `${hook}?s=${newId()}&s=${newId()}`;
    expect(receipts.read(genuine(status('delivered'), twice))).toEqual(refusal('malformed'));
  });
});

describe('a message from a customer', () => {
  it('is handed on with its text, and nothing of it in what is kept', () => {
    expect(receipts.read(genuine(inbound()))).toEqual({
      kind: 'genuine',
      notices: [
        {
          id: `${sid}|received|`,
          at: now,
          kind: 'inbound',
          channel: 'sms',
          from: '+447700900123',
          text: 'Stop, please',
          raw: { MessageSid: sid, NumMedia: '0' },
        },
      ],
    });
  });

  it('over WhatsApp names the message that it replies to', () => {
    const earlier = newSid('SM');
    const more = { From: 'whatsapp:+447700900123', To: 'whatsapp:+14155238886', ProfileName: '김민아' };
    const request = genuine(inbound({ ...more, OriginalRepliedMessageSid: earlier }));
    expect(noticesOf(receipts.read(request))).toMatchObject([
      { kind: 'inbound', channel: 'whatsapp', from: '+447700900123', providerId: earlier },
    ]);
  });

  it.each([
    ['STOP', 'stop'],
    ['START', 'start'],
    ['HELP', 'help'],
  ])('carries the keyword that Twilio saw: %s', (OptOutType, keyword) => {
    const [notice] = noticesOf(receipts.read(genuine(inbound({ OptOutType, Body: '수신거부' }))));
    expect(notice).toMatchObject({ kind: 'inbound', keyword, text: '수신거부' });
  });

  it('has no keyword when Twilio saw none, whatever it says', () => {
    const [notice] = noticesOf(receipts.read(genuine(inbound())));
    expect(notice).not.toHaveProperty('keyword');
  });

  it('may be a picture without a word, and text in any script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (Body) => {
        const [notice] = noticesOf(receipts.read(genuine(inbound({ Body }))));
        expect(notice).toMatchObject({ kind: 'inbound', text: Body });
      }),
    );
  });
});

describe('a webhook that Twilio did not send', () => {
  it('is unsigned without a signature', () => {
    expect(receipts.read(requestOf(status('delivered'), hook, undefined))).toEqual(refusal('unsigned'));
    expect(receipts.read(requestOf(status('delivered'), hook, ''))).toEqual(refusal('unsigned'));
    expect(receipts.hasSignature(requestOf({}, hook, undefined).headers)).toBe(false);
    expect(receipts.hasSignature(requestOf({}, hook, '').headers)).toBe(false);
    // Whether it is right takes the body to tell.
    expect(receipts.hasSignature(requestOf({}, hook, 'wrong').headers)).toBe(true);
  });

  it.each([
    ['another token', genuine(status('delivered'), hook, '0'.repeat(32))],
    ['no base64', requestOf(status('delivered'), hook, 'ÿ not base64 \u0000')],
    ['a signature of another length', requestOf(status('delivered'), hook, 'AAAA')],
  ])('is forged with %s', (_, request) => {
    expect(receipts.read(request)).toEqual(refusal('forged'));
  });

  it('is forged at another address: another connection, another send id, another host', () => {
    const parameters = status('delivered');
    const signature = signatureOf(authToken, `${hook}?s=${newId()}`, parameters);
    for (const url of [hook, `${hook}?s=${newId()}`, 'https://evil.example/hooks/twilio-sms']) {
      expect(receipts.read(requestOf(parameters, url, signature))).toEqual(refusal('forged'));
    }
  });

  it('is forged when any one letter of it was changed', () => {
    const parameters = status('undelivered', 30003);
    const signature = signatureOf(authToken, hook, parameters);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(parameters)), fc.string({ minLength: 1 }), (name, more) => {
        const changed = { ...parameters, [name]: `${parameters[name]}${more}` };
        expect(receipts.read(requestOf(changed, hook, signature))).toEqual(refusal('forged'));
      }),
    );
  });

  it('is forged for another account, though its own token signed it', () => {
    const other = { ...status('delivered'), AccountSid: `AC${'f'.repeat(32)}` };
    expect(receipts.read(genuine(other))).toEqual(refusal('forged'));
  });

  it('is refused when fields are cut elsewhere, which the signature does not notice', () => {
    const { From = '', To = '', ...rest } = inbound({ Body: 'Do BodySTOP' });
    const signature = signatureOf(authToken, hook, { ...rest, From, To });
    const shifted: readonly Parameters[] = [
      // To moves into the field before it, as in {From:'+1', To:'+2'} and {From:'+1To+2'}.
      { ...rest, From, ToCountry: 'GB', SmsStatus: `receivedTo${To}` },
      // The end of the text becomes the text.
      { ...rest, From, To, Body: 'STOP', ApiVersion: '2010-04-01BodyDo ' },
      { ...rest, From, To, Body: 'STOP', B: 'odyDo ' },
      // The sender moves into the text.
      { ...rest, To, Body: `Do BodySTOPFrom${From}` },
    ];
    for (const parameters of shifted) {
      expect(receipts.read(requestOf(parameters, hook, signature)).kind).toBe('refused');
    }
    const cut = { ...rest, From, To, Body: 'STOP', B: 'odyDo ' };
    expect(isSignedByTwilio({ url: hook, signature, fields: cut }, [authToken])).toBe(true);
    expect(receipts.read(requestOf(cut, hook, signature))).toEqual(refusal('malformed'));
  });

  it('is refused when a part of the body was moved into the address', () => {
    const parameters = status('delivered');
    const sendId = newId();
    const { AccountSid = '', ...rest } = parameters;
    const signature = signatureOf(authToken, `${hook}?s=${sendId}`, parameters);
    const moved = `${hook}?s=${sendId}AccountSid${AccountSid}`;
    expect(receipts.read(requestOf(rest, moved, signature))).toEqual(refusal('malformed'));
  });

  it('is refused when a field comes twice', () => {
    const parameters = status('delivered');
    const signature = signatureOf(authToken, hook, parameters);
    const body = `${new URLSearchParams(parameters).toString()}&MessageStatus=delivered`;
    const request = { ...requestOf(parameters, hook, signature), rawBody: Buffer.from(body) };
    // Twilio's own check counts a repeated value once, so this one is signed.
    expect(receipts.read(request)).toEqual(refusal('malformed'));
  });

  it('is refused when it is larger than anything Twilio sends, before it is read', () => {
    const large = genuine({ ...status('delivered'), Padding: 'x'.repeat(130_000) });
    expect(receipts.read(large)).toEqual(refusal('malformed'));
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`F${index}`, '']));
    expect(receipts.read(genuine({ ...status('delivered'), ...many }))).toEqual(refusal('malformed'));
  });

  it('never makes the reader throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.webUrl({ withQueryParameters: true }),
        fc.string(),
        (bytes, url, signature) => {
          const headers = { 'x-twilio-signature': signature };
          const reading = receipts.read({ rawBody: Buffer.from(bytes), headers, url, now });
          expect(reading.kind).toBe('refused');
        },
      ),
    );
    expect(receipts.read({ ...genuine(status('sent')), url: 'no address' })).toEqual(refusal('malformed'));
  });
});

describe('a body that is not a form', () => {
  const body = JSON.stringify({ ...status('delivered') });
  const hash = createHash('sha256').update(body).digest('hex');
  const urlFor = (sha: string) => `${hook}?bodySHA256=${sha}`;
  const json = (text: string, url: string, signedUrl = url): WebhookRequest => ({
    rawBody: Buffer.from(text),
    headers: {
      'x-twilio-signature': signatureOf(authToken, signedUrl, {}),
      'content-type': 'application/json',
    },
    url,
    now,
  });

  it('is genuine when its hash stands in the signed address', () => {
    expect(noticesOf(receipts.read(json(body, urlFor(hash))))).toMatchObject([{ kind: 'delivered' }]);
  });

  it('is forged when the body, or the hash in the address, is another one', () => {
    expect(receipts.read(json(`${body} `, urlFor(hash)))).toEqual(refusal('forged'));
    const other = createHash('sha256').update(`${body} `).digest('hex');
    expect(receipts.read(json(`${body} `, urlFor(other), urlFor(hash)))).toEqual(refusal('forged'));
    expect(receipts.read(json(body, urlFor(hash.slice(1))))).toEqual(refusal('forged'));
  });

  it('is refused when it is signed and says nothing that is known', () => {
    const empty = createHash('sha256').update('[]').digest('hex');
    expect(receipts.read(json('[]', urlFor(empty)))).toEqual(refusal('malformed'));
  });
});

it('accepts the secondary token only while it is set', () => {
  const former = 'a'.repeat(32);
  const request = genuine(status('sent'), hook, former);
  expect(receipts.read(request)).toEqual(refusal('forged'));
  const both = createTwilioReceipts({ accountSid, authToken, secondaryAuthToken: former, connection: 'x' });
  expect(both.read(request).kind).toBe('genuine');
  expect(both.read(genuine(status('sent'))).kind).toBe('genuine');
});
