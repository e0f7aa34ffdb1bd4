import * as z from 'zod';
import { Refusal } from './mail-body.ts';
import type { TakenMail } from './taken-mail.ts';

const search = z.strictObject({ query: z.string(), limit: z.number().int().min(1).max(1000).default(10) });

/** A condition of the query language of `POST /v3/logs` (tsg_logs_v3.json), as far as the shop uses it. */
const conditions: readonly [RegExp, (mail: TakenMail, value: string) => boolean][] = [
  [/^to_email = "([^"]+)"$/, (mail, value) => mail.to === value],
  [/^sg_message_id = "([^"]+)"$/, (mail, value) => mail.sgMessageId === value],
  [/^sg_message_id_created_at >= TIMESTAMP "([^"]+)"$/, (mail, value) => mail.at >= Date.parse(value)],
  [/^sg_message_id_created_at <= TIMESTAMP "([^"]+)"$/, (mail, value) => mail.at <= Date.parse(value)],
];

/** @throws Refusal 400 for a query that SendGrid would not understand */
export function searchLogs(taken: readonly TakenMail[], json: string): object {
  const { data } = search.safeParse(JSON.parse(json));
  if (data === undefined) throw new Refusal(400, 'invalid query', 'query');
  const tests = data.query.split(' AND ').map(readCondition);
  const messages = taken
    .filter((mail) => tests.every((test) => test(mail)))
    .toReversed()
    .slice(0, data.limit)
    .map((mail) => ({
      ...summaryOf(mail),
      sg_message_id_created_at: new Date(mail.at).toISOString(),
    }));
  return { messages };
}

function readCondition(text: string): (mail: TakenMail) => boolean {
  for (const [pattern, test] of conditions) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) return (mail) => test(mail, value);
  }
  throw new Refusal(400, 'invalid query', 'query');
}

/** `GET /v3/logs/{sg_message_id}`: only here are the custom arguments. */
export function logOf(mail: TakenMail): object {
  return {
    ...summaryOf(mail),
    api_key_id: 'local',
    client_ip: '127.0.0.1',
    category: mail.body.categories ?? [],
    custom_args: mail.body.custom_args ?? {},
    events: [],
  };
}

function summaryOf({ sgMessageId, to, body }: TakenMail) {
  return {
    from_email: body.from.email,
    sg_message_id: sgMessageId,
    subject: body.subject,
    to_email: to,
    status: 'processed',
  };
}
