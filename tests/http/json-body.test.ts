import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, serveShop, type Answer, type ServedShop } from './server.ts';

let served: ServedShop;
beforeAll(async () => {
  served = await serveShop();
});
afterAll(() => served.close());

const event = (data: object) => served.shop.event('customer.updated', data, { customerId: 'c' });

function postBytes(body: Buffer, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${served.key}`, 'content-type': 'application/json', ...more };
  return ask(`${served.url}/v1/events`, { method: 'POST', headers, body: new Uint8Array(body) });
}

describe('a body', () => {
  it('is refused when it is not UTF-8, and nothing of it is kept', async () => {
    const answer = await postBytes(Buffer.from(JSON.stringify(event({ givenName: 'Müller' })), 'latin1'));
    expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(answer.body['detail']).toContain('UTF-8');
    expect(await served.shop.db.selectFrom('events').select('id').execute()).toEqual([]);
  });

  it('is taken in UTF-8, with letters of any script', async () => {
    const answer = await postBytes(Buffer.from(JSON.stringify(event({ givenName: '민아 Müller' })), 'utf8'));
    expect(answer.status).toBe(202);
    const [row] = await served.shop.db.selectFrom('customers').select('given_name').execute();
    expect(row).toEqual({ given_name: '민아 Müller' });
  });

  it('is refused when it is no JSON', async () => {
    const answer = await postBytes(Buffer.from('{'));
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toContain('is not JSON');
  });

  it.each(['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}'])(
    'is refused by the name of the key when it would change the prototype: %s',
    async (json) => {
      const answer = await postBytes(Buffer.from(json));
      expect(answer.status).toBe(400);
      expect(answer.body['detail']).toContain('"__proto__"');
    },
  );

  it('is refused when it is compressed, and taken when it says that it is not', async () => {
    const json = Buffer.from(JSON.stringify(event({ givenName: 'Ada' })));
    const packed = await postBytes(gzipSync(json), { 'content-encoding': 'gzip' });
    expect(packed).toMatchObject({ status: 415, body: { code: 'request-invalid' } });
    expect(packed.body['detail']).toContain('compressed (content-encoding "gzip")');
    expect((await postBytes(json, { 'content-encoding': 'identity' })).status).toBe(202);
  });

  it('with NUL in a key is refused by the name of the key', async () => {
    const { status, body } = await postBytes(Buffer.from(JSON.stringify(event({ 'given\u0000Name': 'x' }))));
    expect(status).toBe(400);
    expect(body['detail']).toContain('given\\u0000Name');
  });
});
