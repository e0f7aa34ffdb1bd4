import type { ChannelName } from '../../domain/channel-name.ts';
import { decidingWord } from '../../domain/deciding-word.ts';
import { toIso } from '../../domain/instant.ts';
import { isMarketing, notMarketing, pass, skip, type ChannelGate, type Saw } from './gate.ts';
import type { ConsentFact, SendCase } from './send-facts.ts';

/** Marketing needs a consent for the channel that stands. */
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
  const words = sendCase.facts.consents.filter((word) => word.channel === channel);
  return decidingWord(words, sendCase.message.topic);
}

function sawOf(word: ConsentFact | undefined): Saw {
  if (word === undefined) return { consent: 'none' };
  return { consent: word.state, topic: word.topic === '' ? 'all' : word.topic, since: toIso(word.at) };
}
