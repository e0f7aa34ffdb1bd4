import type { ChannelName } from '../../domain/channel-name.ts';
import { toIso } from '../../domain/instant.ts';
import { isMarketing, notMarketing, pass, skip, type ChannelGate, type Saw } from './gate.ts';
import type { ConsentFact, SendCase } from './send-facts.ts';

/**
 * Marketing needs a consent for the channel that stands. A word about the message's topic is more exact than one about
 * all topics, but a later withdrawal of everything takes the topic with it.
 */
export const consent: ChannelGate = {
  name: 'consent',
  judge(sendCase, channel) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const deciding = decidingConsent(sendCase, channel);
    const saw = sawOf(deciding);
    return deciding?.state === 'granted' ? pass(saw) : skip('no-consent', saw);
  },
};

/** The word that stands for a message on a channel; `undefined` when nothing was ever said. */
export function decidingConsent(sendCase: SendCase, channel: ChannelName): ConsentFact | undefined {
  const { topic } = sendCase.message;
  const words = sendCase.facts.consents.filter((word) => word.channel === channel);
  const general = words.find((word) => word.topic === '');
  const special = topic === undefined ? undefined : words.find((word) => word.topic === topic);
  return decidingWord(general, special);
}

function decidingWord(
  general: ConsentFact | undefined,
  special: ConsentFact | undefined,
): ConsentFact | undefined {
  if (special === undefined || general === undefined) return special ?? general;
  const everythingWithdrawn = general.state === 'withdrawn' && general.at >= special.at;
  return everythingWithdrawn ? general : special;
}

function sawOf(word: ConsentFact | undefined): Saw {
  if (word === undefined) return { consent: 'none' };
  return { consent: word.state, topic: word.topic === '' ? 'all' : word.topic, since: toIso(word.at) };
}
