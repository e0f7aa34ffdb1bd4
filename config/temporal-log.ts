import type { Logger } from '@temporalio/common';
import type { Log } from './log.ts';

/** Lets the SDK log through ours: its ordinary progress is our debug, its warnings are ours. */
export function temporalLogOf(log: Log): Logger {
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (message: string, details: object = {}) =>
      log[level](withoutPayloads(details), message);
  const byLevel = {
    TRACE: write('debug'),
    DEBUG: write('debug'),
    INFO: write('debug'),
    WARN: write('warn'),
    ERROR: write('error'),
  };
  return {
    log: (level, message, details) => byLevel[level](message, details),
    trace: write('debug'),
    debug: write('debug'),
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
  };
}

/** An activation carries what a run was given and told, as bytes that look harmless and can be read by anybody. */
function withoutPayloads(details: object): object {
  return { ...details, jobs: undefined, taskToken: undefined };
}
