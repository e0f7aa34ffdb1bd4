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

/**
 * What is nested in the SDK's own notes, such as activations and commands, carries what runs and activities were given, as
 * bytes that look harmless and that anybody can read. Only plain values and errors are kept.
 */
function withoutPayloads(details: object): object {
  return Object.fromEntries(
    Object.entries(details).filter(
      ([name, value]) => name !== 'taskToken' && (typeof value !== 'object' || value instanceof Error),
    ),
  );
}
