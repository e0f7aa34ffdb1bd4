import type { Channel } from '../channels/channel.ts';
import type { LedgerSetting } from './ledger-setting.ts';

/** What a question ends in that nobody waits for any more. It says nothing about the message. */
export class QuestionGivenUp extends Error {
  constructor() {
    super('the process stops, so nobody waits for the provider');
  }
}

/**
 * The same setting with providers whose answers nobody waits for once the process stops, so that a slow one does not hold
 * up its end. What was asked is not recorded, and whoever settles next asks again.
 */
export function withStoppableQuestions(setting: LedgerSetting, stopping: AbortSignal): LedgerSetting {
  return {
    ...setting,
    channelOf(medium) {
      const channel = setting.channelOf(medium);
      return channel === undefined ? undefined : stoppable(channel, stopping);
    },
  };
}

function stoppable(channel: Channel, stopping: AbortSignal): Channel {
  return {
    ...channel,
    ...(channel.lookUp && {
      lookUp: (earlier) => unlessStopped(async () => channel.lookUp?.(earlier), stopping),
    }),
    ...(channel.readStatus && {
      readStatus: (taken) => unlessStopped(async () => channel.readStatus?.(taken), stopping),
    }),
  };
}

/** Listens for as long as it waits and no longer; see `stoppablePermits`. */
function unlessStopped<Answer>(ask: () => Promise<Answer>, stopping: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new QuestionGivenUp());
    if (stopping.aborted) return stop();
    stopping.addEventListener('abort', stop, { once: true });
    ask()
      .finally(() => stopping.removeEventListener('abort', stop))
      .then(resolve, reject);
  });
}
