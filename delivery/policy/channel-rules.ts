import { addressKindOf } from '../../domain/channel-name.ts';
import { isMarketing, notMarketing, pass, skip, type ChannelGate } from './gate.ts';
import { tableOf } from './law/law-of.ts';

/** Some channels take no marketing to the numbers of some countries, wherever their owner is. */
export const channelRules: ChannelGate = {
  name: 'channel-rules',
  applies: (_, channel) => addressKindOf[channel] === 'phone',
  judge(sendCase, channel) {
    if (!isMarketing(sendCase)) return pass(notMarketing);
    const country = sendCase.facts.addresses[channel]?.numberCountry ?? null;
    if (country === null) return pass({ numberCountry: 'unknown' });
    const table = tableOf(country);
    const refusal = table.refuses?.find((each) => each.channel === channel);
    const saw = { numberCountry: country, version: `${table.name} ${table.version}` };
    return refusal === undefined ? pass(saw) : skip('not-allowed-there', { ...saw, rule: refusal.name });
  },
};
