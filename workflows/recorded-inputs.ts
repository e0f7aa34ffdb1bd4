import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { SendRequest } from '../domain/delivery.ts';
import type { Finding } from '../domain/finding.ts';
import type { MessageDefinition } from '../domain/message.ts';
import { about } from './find-journeys.ts';

export interface CheckRecordedInputsOptions {
  readonly checkout: string;
  /** The messages as they are now, by name. */
  readonly messages: Readonly<Record<string, Pick<MessageDefinition, 'input'>>>;
}

/**
 * Finds messages that no longer take what recorded runs pass to them. Words of a message may change while customers are
 * on their way to it; what it is given may not, because it was given long ago.
 */
export async function checkRecordedInputs(options: CheckRecordedInputsOptions): Promise<Finding[]> {
  const { checkout, messages } = options;
  const folder = join(checkout, 'tests/histories');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const findings = new Map<string, Finding>();
  for (const name of names) {
    const type = typeOf(name);
    for (const { message, input } of await requestsIn(join(folder, name))) {
      const sentence = misfit(messages[message], message, input);
      if (sentence === undefined) continue;
      const file = `templates/${message}/message.ts`;
      findings.set(
        `${type} ${message}`,
        about(file, 'input-changed', `${sentence} Runs of ${type} pass it so.`),
      );
    }
  }
  return [...findings.values()];
}

function misfit(
  definition: Pick<MessageDefinition, 'input'> | undefined,
  message: string,
  input: unknown,
): string | undefined {
  const what = `Customers are on their way to "${message}"`;
  if (definition === undefined) return `${what}, but it is not there any more. Put it back.`;
  const { success, error } = definition.input.safeParse(input);
  if (success) return undefined;
  return `${what}, and it no longer takes what they bring: ${error.issues[0]?.message ?? 'the input does not fit'}. Take the old input too, or write a new message for new journeys.`;
}

/** `abandoned-cart@1` of `abandoned-cart@1-replied.json`. */
function typeOf(name: string): string {
  return /^.+?@\d+/.exec(name)?.[0] ?? name;
}

async function requestsIn(path: string): Promise<readonly SendRequest[]> {
  const { events } = historyFromJSON(JSON.parse(await readFile(path, 'utf8')));
  return (events ?? []).flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const payload = scheduled?.input?.payloads?.[0];
    if (scheduled?.activityType?.name !== 'deliver' || !payload) return [];
    return defaultPayloadConverter.fromPayload<{ requests: readonly SendRequest[] }>(payload).requests;
  });
}
