import fastify, { type FastifyPluginAsync } from 'fastify';
import { createLinks, type Links } from '../../delivery/links.ts';

const secret = 'a secret of thirty-two characters';

/** Serves pages on this machine. @returns the links that lead to them, with the whole address */
export async function servePages(...pages: readonly ((links: Links) => FastifyPluginAsync)[]) {
  const app = fastify();
  // The address is not known yet: what these links read is the same, and those on a page are within the site.
  const links = createLinks({ publicUrl: '', secret });
  for (const routesOf of pages) await app.register(routesOf(links));
  const publicUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  return { links: createLinks({ publicUrl, secret }), close: () => app.close() };
}

export type ServedPages = Awaited<ReturnType<typeof servePages>>;
