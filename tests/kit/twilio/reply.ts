import type { ServerResponse } from 'node:http';
import { Refusal } from './create-parameters.ts';

export function reply(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(status, headersOf(json)).end(json);
}

/** Promises a whole answer and ends in the middle of it. */
export function replyInPart(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(status, headersOf(json));
  response.write(json.slice(0, json.length / 2), () => response.socket?.destroy());
}

export function replyRefused(response: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal(20500, String(error), 500);
  const { status, code, message } = refusal;
  reply(response, status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

function headersOf(json: string) {
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) };
}
