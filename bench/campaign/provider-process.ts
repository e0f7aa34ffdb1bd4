import { createServer } from 'node:http';

/**
 * A provider in a process of its own, spoken to over HTTP: it accepts whatever comes and keeps when it came.
 * `POST /send/<send id>` is a request, `GET /log` all of them since `POST /clear`.
 */
const sendIds: string[] = [];
const instants: number[] = [];

const server = createServer((request, response) => {
  const { method, url = '' } = request;
  if (method === 'GET') return void response.end(JSON.stringify({ sendIds, instants }));
  request.resume().once('end', () => {
    if (url === '/clear') sendIds.length = instants.length = 0;
    else {
      sendIds.push(url.slice('/send/'.length));
      instants.push(performance.timeOrigin + performance.now());
    }
    response.statusCode = 202;
    response.end();
  });
});
// Connections stay open between lists.
server.keepAliveTimeout = 60_000;
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
