import { pino, type Logger } from 'pino';
import type { Environment } from './environment.ts';

export type Log = Logger;

/** Fields that hold, or may hold, personal data, at any depth that our own log calls use. */
const personal = [
  'email',
  'phone',
  'address',
  'addressKey',
  'givenName',
  'familyName',
  'customerId',
  'anonymousId',
  'externalId',
];

/**
 * Structured logs on standard error, one JSON object a line. Log calls pass ids of ours, codes and counts; should one
 * pass more by mistake, the personal fields are cut.
 */
export function createLog(process: string, level: Environment['logLevel']): Log {
  return pino(
    {
      level,
      base: { process },
      redact: {
        paths: personal.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[removed]',
      },
      // The SDK's own name for an error is `error`.
      serializers: { err: errorWithoutValues, error: errorWithoutValues },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination(2),
  );
}

/** Name, code and place of an error: messages of drivers quote the values that they choked on. */
export function errorWithoutValues(error: unknown): object {
  if (!(error instanceof Error)) return { name: 'unknown' };
  const code = 'code' in error ? { code: error.code } : {};
  const place = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line))
    ?.trim();
  return { name: error.name, ...code, place };
}
