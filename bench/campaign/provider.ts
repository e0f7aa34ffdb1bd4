import { Agent, request } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import { accepted, ambiguous, type Channel } from '../../delivery/channels/channel.ts';
import { startChild, type Child } from './child.ts';

export interface Arrival {
  readonly sendId: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Provider {
  readonly url: string;
  /** In order. */
  arrivals(): Promise<readonly Arrival[]>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const said = z.object({ port: z.number() });
const logged = z.object({ sendIds: z.array(z.string()), instants: z.array(z.number()) });

export async function startProvider(): Promise<Provider> {
  const child: Child = await startChild(join(import.meta.dirname, 'provider-process.ts'), {});
  const url = `http://127.0.0.1:${said.parse(child.ready).port}`;
  return {
    url,
    async arrivals() {
      const response = await fetch(`${url}/log`);
      const { sendIds, instants } = logged.parse(await response.json());
      return sendIds.map((sendId, index) => ({ sendId, at: instants[index] ?? Number.NaN }));
    },
    async clear() {
      await fetch(`${url}/clear`, { method: 'POST' });
    },
    stop: () => child.stop(),
  };
}

/** A channel to it that costs little itself: the clients of real providers take half a millisecond for a message. */
export function providerChannel(url: string, connection: string): Channel {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  return {
    connection,
    medium: 'email',
    send: ({ sendId, to, content }, signal) =>
      new Promise((resolve) => {
        const body = Buffer.from(JSON.stringify({ to, content }));
        const headers = { 'content-length': body.length };
        const asked = request({
          hostname,
          port,
          agent,
          signal,
          method: 'POST',
          path: `/send/${sendId}`,
          headers,
        });
        asked.once('error', ({ message }) => resolve(ambiguous(message)));
        asked.once('response', (response) => {
          response.resume();
          resolve(accepted(sendId));
        });
        asked.end(body);
      }),
  };
}
