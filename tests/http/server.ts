import type { AddressInfo } from 'node:net';
import { createClient, type Client } from '../../client/create-client.ts';
import { createHttp } from '../../http/create-http.ts';
import { abandonedCart, journeys, openShop, type Shop } from '../intake/shop.ts';

export interface ServedShop {
  readonly shop: Shop;
  readonly client: Client;
  /** `http://127.0.0.1:<port>` of a server that really listens. */
  readonly url: string;
  /** A live key. */
  readonly key: string;
  /** Every line that was logged. */
  readonly logged: unknown[];
  readonly post: (body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function serveShop(): Promise<ServedShop> {
  const shop = await openShop(journeys(abandonedCart));
  const client = createClient({
    db: shop.db,
    intake: shop.intake,
    journeys: journeys(abandonedCart),
    clock: { now: shop.now },
    whereabouts: async () => undefined,
  });
  const logged: unknown[] = [];
  const note = (details: object, message: string) => void logged.push({ ...details, message });
  const app = await createHttp({ client, log: { info: note, warn: note, error: note } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { secret } = await client.createKey('test');
  return {
    shop,
    client,
    url,
    key: secret,
    logged,
    post: (body, headers = {}) =>
      ask(`${url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: async () => {
      await app.close();
      await shop.close();
    },
  };
}

export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    headers: response.headers,
    body,
  };
}
