import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heart } from '../intake/shop.ts';
import { ask, serveShop, type ServedShop } from './server.ts';

let served: ServedShop;

beforeAll(async () => {
  served = await serveShop();
});
afterAll(async () => {
  await served.close();
});

/** What comes back for a request that no HTTP client would make. */
async function rawAnswer(url: string, line: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setEncoding('utf8').end(`${line}\r\nhost: shop\r\n\r\n`);
  let answer = '';
  for await (const part of socket) answer += String(part);
  return answer;
}

const cart = (cartId: string) => served.shop.event('cart.updated', { cartId, items: [heart] });

describe('POST /v1/events', () => {
  it('answers 202 for one event once it is kept', async () => {
    const event = cart('one');
    const { status, body } = await served.post(event);
    expect(status).toBe(202);
    expect(body).toEqual({ results: [{ id: event.id, status: 'accepted' }] });
    const kept = await served.shop.db.selectFrom('events').select('id').where('id', '=', event.id).execute();
    expect(kept).toHaveLength(1);
  });

  it('answers a list in its order, and a repeat as duplicates', async () => {
    const events = [cart('a'), cart('b'), cart('c')];
    const first = await served.post(events);
    expect(first.body).toEqual({ results: events.map(({ id }) => ({ id, status: 'accepted' })) });
    const again = await served.post(events);
    expect(again.status).toBe(202);
    expect(again.body).toEqual({ results: events.map(({ id }) => ({ id, status: 'duplicate' })) });
  });

  it('answers 400 with every problem of a list, and keeps nothing of it', async () => {
    const good = cart('good');
    const { status, type, body } = await served.post([
      good,
      { ...cart('bad'), data: { cartId: 7 } },
      { type: 'x' },
    ]);
    expect(status).toBe(400);
    expect(type).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: '/docs/errors/event-invalid',
      code: 'event-invalid',
      status: 400,
      problems: expect.arrayContaining([
        { index: 1, path: 'data.cartId', value: '7', problem: expect.stringContaining('expected string') },
        expect.objectContaining({ index: 2, path: 'id' }),
      ]),
    });
    const kept = await served.shop.db.selectFrom('events').select('id').where('id', '=', good.id).execute();
    expect(kept).toEqual([]);
  });

  it('answers 400 for an empty list: it carries nothing', async () => {
    const { status, type, body } = await served.post([]);
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'event-invalid' });
    expect(type).toContain('application/problem+json');
    expect(body['detail']).toContain('an empty list carries nothing');
    expect((await served.post([cart('not-empty')])).status).toBe(202);
  });

  it('says which type was probably meant', async () => {
    const { status, body } = await served.post({ ...cart('x'), type: 'cart.update' });
    expect(status).toBe(400);
    expect(body['code']).toBe('event-unknown-type');
    expect(body['detail']).toContain('did you mean "cart.updated"');
  });

  it('answers 409 when an id comes again with another content', async () => {
    const event = cart('first');
    await served.post(event);
    const { status, body } = await served.post({ ...event, data: { cartId: 'second', items: [heart] } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'event-conflict', problems: [{ index: 0, path: 'id' }] });
  });

  it('answers 413 for more than a thousand events, and takes a thousand', async () => {
    const events = Array.from({ length: 1001 }, (_, index) => cart(`many-${index}`));
    expect(await served.post(events)).toMatchObject({ status: 413, body: { code: 'too-many-events' } });
    expect(await served.post(events.slice(1))).toMatchObject({ status: 202 });
  });

  it('answers 400 for what is not JSON, 415 for another content type, 413 for a huge body', async () => {
    expect(await served.post('{"id":')).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(await served.post('id=1', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 415,
      body: { code: 'request-invalid' },
    });
    expect(await served.post(cart('plain'), { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { code: 'request-invalid' },
    });
    const huge = { ...cart('huge'), source: 'x'.repeat(9 * 1024 * 1024) };
    expect(await served.post(huge)).toMatchObject({ status: 413, body: { code: 'request-invalid' } });
  });

  it('does not let text pass that the database could not keep', async () => {
    const { status, body } = await served.post({ ...cart('nul'), source: 'a\u0000b' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'event-invalid', problems: [{ path: 'source' }] });
  });
});

describe('the envelope', () => {
  it.each(['id', 'source', 'market'])(
    'refuses control characters in `%s`, and takes other text',
    async (field) => {
      const refused = await served.post({ ...cart('c'), [field]: 'a\u001b[2Jb' });
      expect(refused).toMatchObject({
        status: 400,
        body: { problems: [{ path: field, problem: 'must not contain control characters' }] },
      });
      expect((await served.post({ ...cart('c'), [field]: `가게 ${field}` })).status).toBe(202);
    },
  );
});

describe('API keys', () => {
  it('are asked for before a body is read', async () => {
    const refused = await served.post('{"id":', { authorization: '' });
    expect(refused).toMatchObject({ status: 401, body: { code: 'api-key-invalid' } });
    expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    const guess = `prn_${randomBytes(32).toString('base64url')}`;
    expect(await served.post(cart('guess'), { authorization: `Bearer ${guess}` })).toMatchObject({
      status: 401,
    });
  });

  it.each(['goes on', 'is put back an hour'])(
    'stop working within two seconds of being revoked, and not before, when the clock %s',
    async (what) => {
      const { secret, prefix } = await served.client.createKey('short-lived');
      const post = () => served.post(cart(`key ${what}`), { authorization: `Bearer ${secret}` });
      expect((await post()).status).toBe(202);
      await served.client.revokeKey(prefix);
      const clock = Date.now;
      if (what !== 'goes on') Date.now = () => clock() - 3_600_000;
      try {
        await pause(2100);
        expect((await post()).status).toBe(401);
      } finally {
        Date.now = clock;
      }
    },
  );

  it('are not revoked by what all of them begin with', async () => {
    const { prefix } = await served.client.createKey('one of many');
    for (const beginning of ['', 'p', 'prn_'])
      await expect(served.client.revokeKey(beginning)).rejects.toMatchObject({ code: 'api-key-unknown' });
    expect((await served.client.revokeKey(prefix.slice(0, 9))).prefix).toBe(prefix);
  });

  it('are kept as hashes only', async () => {
    const { secret } = await served.client.createKey('hashed');
    const { rows } = await served.shop.db
      .selectFrom('api_keys')
      .selectAll()
      .execute()
      .then((keys) => ({ rows: JSON.stringify(keys) }));
    expect(rows).not.toContain(secret.slice(12));
  });

  it.each(['', '   ', 'a\u0000b', 'x'.repeat(81)])('are not made under the name %j', async (name) => {
    await expect(served.client.createKey(name)).rejects.toMatchObject({ code: 'api-key-name-invalid' });
  });

  it('are not revoked when the beginning fits none or several', async () => {
    await expect(served.client.revokeKey('prn_')).rejects.toMatchObject({ code: 'api-key-unknown' });
    await expect(served.client.revokeKey('prn_nobody')).rejects.toMatchObject({ code: 'api-key-unknown' });
  });
});

describe('the rest of the server', () => {
  it('is alive and ready without a key', async () => {
    expect(await ask(`${served.url}/healthz`)).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(await ask(`${served.url}/readyz`)).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('says that it is not ready, and not what it lacks: that is for the log', async () => {
    const behind = await serveShop();
    try {
      const removed = await sql<{ name: string }>`
        delete from migrations where name like '0001%' returning name
      `.execute(behind.shop.db);
      const [last] = removed.rows;
      const { status, headers, body } = await ask(`${behind.url}/readyz`);
      expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'temporarily-unavailable' });
      expect(headers.get('retry-after')).toBe('1');
      expect(JSON.stringify(body)).not.toContain(last?.name ?? 'a migration');
      const lines = behind.logged.filter(
        (line) => typeof line === 'object' && line !== null && 'err' in line,
      );
      expect(lines).toMatchObject([{ err: { code: 'migrations-pending' }, code: 'temporarily-unavailable' }]);
    } finally {
      await behind.close();
    }
  });

  it('serves the page that a problem points to, and no other file', async () => {
    const page = await ask(`${served.url}/docs/errors/event-invalid`);
    expect(page.status).toBe(200);
    expect(page.body['text']).toContain('# event-invalid');
    expect((await ask(`${served.url}/docs/errors/..%2F..%2Fpackage`)).status).toBe(404);
  });

  it('answers 404 as a problem that does not repeat the address', async () => {
    const { status, body } = await ask(`${served.url}/secret-token-in-path`);
    expect(status).toBe(404);
    expect(body['code']).toBe('not-found');
    expect(JSON.stringify(body)).not.toContain('secret-token');
  });

  it('answers an address or a method that it cannot read as a problem that does not repeat the address', async () => {
    const bad = await ask(`${served.url}/%secret-token`);
    expect(bad).toMatchObject({ status: 400, body: { code: 'request-invalid', status: 400 } });
    expect(bad.type).toContain('application/problem+json');
    expect(bad.body['detail']).not.toContain('JSON.');
    const unknown = await ask(`${served.url}/secret-token`, { method: 'PROPFIND' });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(unknown.type).toContain('application/problem+json');
    expect(JSON.stringify([bad.body, unknown.body])).not.toContain('secret-token');
    const nonsense = await rawAnswer(served.url, 'FROB /secret-token HTTP/1.1');
    expect(nonsense).toMatch(/^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
    expect(nonsense).toContain('"code":"request-invalid"');
    expect(nonsense).not.toContain('secret-token');
  });

  it('logs route, status and time, and nothing of what was sent', async () => {
    served.logged.length = 0;
    const canary = 'canary@personal.example';
    await served.post(served.shop.event('customer.updated', { email: canary, givenName: 'Canary' }));
    await served.post({ ...served.shop.event('customer.updated', {}), data: { email: 5, canary } });
    await ask(`${served.url}/u/${encodeURIComponent(canary)}`);
    expect(served.logged).toHaveLength(3);
    expect(served.logged[0]).toMatchObject({ method: 'POST', route: '/v1/events', status: 202 });
    expect(JSON.stringify(served.logged).toLowerCase()).not.toContain('canary');
  });
});

describe('without a database', () => {
  it('asks to repeat, and says nothing about the inside', async () => {
    const alone = await serveShop();
    await alone.post(alone.shop.event('customer.updated', {}));
    await alone.shop.db.destroy();
    const { status, headers, body } = await alone.post(alone.shop.event('customer.updated', {}));
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toMatchObject({ code: 'temporarily-unavailable' });
    expect(JSON.stringify(body)).not.toMatch(/driver|postgres|pool|destroy/i);
    expect((await ask(`${alone.url}/readyz`)).status).toBe(503);
    expect((await ask(`${alone.url}/healthz`)).status).toBe(200);
    await alone.close();
  });
});
