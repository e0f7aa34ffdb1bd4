import { createHmac, timingSafeEqual } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import type { Notice, Receipts } from '../../delivery/channels/receipts.ts';
import { createInbox } from '../../dispatch/inbox/create-inbox.ts';
import { createHttp } from '../../http/create-http.ts';
import { hookRoutes } from '../../http/hooks.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const publicUrl = 'https://mail.shop.example/perennial';
const clock = { now: () => Date.parse('2026-11-26T10:00:00Z') };
const key = 'a key that only the provider has';

const body = z.array(z.object({ id: z.string(), sendId: z.string() }));
const signatureOf = (url: string, bytes: Buffer) =>
  createHmac('sha256', key).update(url).update('\n').update(bytes).digest('hex');

/** A provider of the test's own, which signs address and body. */
const truthful: Receipts = {
  connection: 'truthful',
  hasSignature: (headers) => Boolean(headers['x-signature']),
  read({ rawBody, headers, url, now }) {
    const given = Buffer.from(headers['x-signature'] ?? '');
    const right = Buffer.from(signatureOf(url, rawBody));
    if (given.length === 0) return { kind: 'refused', why: 'unsigned' };
    if (given.length !== right.length || !timingSafeEqual(given, right))
      return { kind: 'refused', why: 'forged' };
    const told = body.safeParse(JSON.parse(rawBody.toString('utf8')));
    if (!told.success) return { kind: 'refused', why: 'malformed' };
    const notices = told.data.map((one): Notice => ({ ...one, kind: 'delivered', at: now, raw: {} }));
    return { kind: 'genuine', notices };
  },
};

let database: TestDatabase;
let app: FastifyInstance;
let url = '';
let isAway = false;
const logged: { connection?: string; why?: string }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const intake = createIntake({ db, journeys: [], clock });
  const inbox = createInbox({ db, intake, clock });
  const warn = (details: object) => void logged.push(details);
  app = await createHttp({
    client: createClient({ db, intake, journeys: [], clock, whereabouts: async () => undefined }),
    log: { info: () => undefined, warn, error: warn },
    plugins: [
      hookRoutes({
        receipts: [truthful],
        keep: async (connection, notices) => {
          if (isAway) throw new Error('the database is away');
          await inbox.keep(connection, notices);
        },
        publicUrl,
        clock,
        log: { warn },
      }),
    ],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  await app.close();
  await database.close();
});
beforeEach(() => database.db.deleteFrom('inbox').execute());

const kept = async () => {
  const rows = await database.db.selectFrom('inbox').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
};

function post(path: string, payload: string | Buffer, headers: Record<string, string> = {}) {
  return fetch(`${url}${path}`, { method: 'POST', body: new Uint8Array(Buffer.from(payload)), headers });
}

function signed(path: string, payload: string | Buffer): Record<string, string> {
  return { 'x-signature': signatureOf(`${publicUrl}${path}`, Buffer.from(payload)) };
}

const told = (...ids: string[]) => JSON.stringify(ids.map((id) => ({ id, sendId: 'none' })));

describe('a genuine webhook', () => {
  it('is kept before it is answered, with nothing in the answer', async () => {
    const path = '/hooks/truthful?s=1&b=%2F';
    const answer = await post(path, told('a', 'b'), {
      ...signed(path, told('a', 'b')),
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
    expect(await kept()).toEqual(['truthful/a', 'truthful/b']);
  });

  it('is kept once, however often it comes, also at the same time', async () => {
    const headers = signed('/hooks/truthful', told('a'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/hooks/truthful', told('a'), headers)),
    );
    expect(answers.map((each) => each.status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await kept()).toEqual(['truthful/a']);
  });

  it.each([
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    'image/png',
    '',
  ])('is read to the byte, whatever it calls itself: %j', async (contentType) => {
    const payload = ` ${told('c')}\r\n`;
    const answer = await post('/hooks/truthful', Buffer.from(payload), {
      ...signed('/hooks/truthful', payload),
      ...(contentType === '' ? {} : { 'content-type': contentType }),
    });
    expect(answer.status).toBe(200);
    expect(await kept()).toEqual(['truthful/c']);
  });

  it('is checked against the public address, whatever host the caller names', async () => {
    const headers = {
      ...signed('/hooks/truthful', told('a')),
      'x-forwarded-host': 'evil.example',
      host: 'evil.example',
    };
    expect(await statusOfRaw('/hooks/truthful', told('a'), headers)).toBe(200);
    const forHost = signatureOf('http://evil.example/hooks/truthful', Buffer.from(told('b')));
    expect(
      await statusOfRaw('/hooks/truthful', told('b'), { host: 'evil.example', 'x-signature': forHost }),
    ).toBe(403);
    expect(await kept()).toEqual(['truthful/a']);
  });

  it('is answered with 503 when it cannot be kept, so that it comes again', async () => {
    isAway = true;
    const answer = await post('/hooks/truthful', told('a'), signed('/hooks/truthful', told('a')));
    isAway = false;
    expect(answer.status).toBe(503);
    expect(await kept()).toEqual([]);
  });
});

describe('anything else', () => {
  it.each([
    ['without a signature', {}, 403],
    ['with an empty signature', { 'x-signature': '' }, 403],
    ['with the signature of another body', signed('/hooks/truthful', told('other')), 403],
    ['with the signature of another address', signed('/hooks/truthful?s=2', told('a')), 403],
    [
      'with a signature that is cut',
      { 'x-signature': signed('/hooks/truthful', told('a'))['x-signature']?.slice(1) ?? '' },
      403,
    ],
  ])('%s is refused and not stored', async (_, headers, status) => {
    const answer = await post('/hooks/truthful', told('a'), headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code: 'webhook-refused' });
    expect(await kept()).toEqual([]);
  });

  it('that is signed and cannot be read is refused and not stored', async () => {
    expect((await post('/hooks/truthful', '{}', signed('/hooks/truthful', '{}'))).status).toBe(403);
    expect(await kept()).toEqual([]);
  });

  it.each(['/hooks/unknown', '/hooks/', '/hooks/truthful/more', '/hooks/__proto__', '/hooks/%2e%2e'])(
    'to %s is not there',
    async (path) => {
      expect((await post(path, told('a'), signed(path, told('a')))).status).toBe(404);
    },
  );

  it('that says it is too large is refused before it is read', async () => {
    const status = await statusOfRaw('/hooks/truthful', '', {
      'content-length': String(5 * 1024 * 1024 + 1),
      'x-signature': 'x',
    });
    expect(status).toBe(413);
  });

  it('without a signature is refused before it is read, however much it says it has', async () => {
    const announced = { 'content-length': String(5 * 1024 * 1024) };
    expect(await statusOfRaw('/hooks/truthful', '', announced)).toBe(403);
    expect(await statusOfRaw('/hooks/truthful', '', { ...announced, 'x-signature': '' })).toBe(403);
  });

  it('with a signature is read to its end before it is refused', async () => {
    const payload = told('a');
    const answer = await post('/hooks/truthful', payload, { 'x-signature': 'wrong' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('does not fit') });
  });

  it('that is too large and does not say so is refused, and one of 5 MB is read', async () => {
    const limit = 5 * 1024 * 1024;
    const payload = Buffer.alloc(limit, ' ');
    payload.write(told('large'), 0);
    const answer = await post('/hooks/truthful', payload, signed('/hooks/truthful', payload));
    expect(answer.status).toBe(200);
    const tooLarge = Buffer.concat([payload, Buffer.from(' ')]);
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(tooLarge);
        controller.close();
      },
    });
    const refused = await fetch(`${url}/hooks/truthful`, {
      method: 'POST',
      body: chunked,
      duplex: 'half',
      headers: signed('/hooks/truthful', tooLarge),
    } as RequestInit);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('5 MB') });
    expect(await kept()).toEqual(['truthful/large']);
  });

  it('does not fill the log, and is not repeated in it', async () => {
    logged.length = 0;
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        post('/hooks/truthful', told(`secret-${index}`), { 'x-signature': 'no' }),
      ),
    );
    // Others like it were logged in the minute before.
    expect(logged.length).toBeLessThanOrEqual(1);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('by another method is not there', async () => {
    expect((await fetch(`${url}/hooks/truthful`)).status).toBe(404);
  });
});

/** `fetch` does not let a caller choose its host or lie about its length. */
function statusOfRaw(
  path: string,
  payload: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = rawRequest(`${url}${path}`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
      asked.destroy();
    });
    asked.on('error', reject);
    if (headers['content-length'] === undefined) asked.end(payload);
    else asked.flushHeaders();
  });
}
