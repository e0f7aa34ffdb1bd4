import type { Channel } from '../channels/channel.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { unlessStopped } from './unless-stopped.ts';

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
  const unlessGivenUp = <Result>(ask: () => Promise<Result>) =>
    unlessStopped(ask, stopping, () => Promise.reject(new QuestionGivenUp()));
  return {
    ...channel,
    ...(channel.lookUp && { lookUp: (earlier) => unlessGivenUp(async () => channel.lookUp?.(earlier)) }),
    ...(channel.readStatus && {
      readStatus: (taken) => unlessGivenUp(async () => channel.readStatus?.(taken)),
    }),
  };
}
