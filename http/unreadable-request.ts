import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { PerennialError } from '../domain/perennial-error.ts';
import { problemOf } from './problem.ts';

const reasons: { readonly [Status in number]?: string } = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Answers what Node could not read as HTTP, such as a method that does not exist: there is no request yet, only a socket. */
export function refuseUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(answerOf(error));
  socket.destroy(error);
}

function answerOf({ code }: ConnectionError): string {
  const status = statusOf(code);
  const sentence = 'The request is not HTTP as it is known here. "GET /v1/openapi.json" lists all addresses.';
  const body = JSON.stringify({ ...problemOf(new PerennialError('request-invalid', sentence)), status });
  return [
    `HTTP/1.1 ${status} ${reasons[status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    'x-content-type-options: nosniff',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function statusOf(code: string): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
}
