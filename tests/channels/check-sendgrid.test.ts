import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkSendgrid } from '../../delivery/channels/email/check-sendgrid.ts';
import { startSendgridServer, type SendgridServer } from '../kit/sendgrid-server.ts';

let server: SendgridServer;
beforeEach(async () => {
  server = await startSendgridServer();
});
afterEach(() => server.close());

it('finds a key that may send, and sends nothing', async () => {
  expect(await checkSendgrid({ apiKey: server.apiKey, baseUrl: server.url })).toEqual({ kind: 'ready' });
  expect(server.requests).toBe(0);
});

it('finds a key that may do other things only', async () => {
  server.setScopes(['stats.read']);
  expect(await checkSendgrid({ apiKey: server.apiKey, baseUrl: server.url })).toEqual({
    kind: 'may-not-send',
  });
});

it('finds a wrong key', async () => {
  expect(await checkSendgrid({ apiKey: 'SG.wrong', baseUrl: server.url })).toEqual({
    kind: 'key-refused',
    status: 401,
  });
});

it('finds nobody there', async () => {
  await server.close();
  expect(await checkSendgrid({ apiKey: server.apiKey, baseUrl: server.url })).toEqual({
    kind: 'unreachable',
    code: 'ECONNREFUSED',
  });
});
