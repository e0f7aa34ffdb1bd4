import { pass, skip, type ChannelGate } from './gate.ts';

/** There is an address that works, a connection for the channel, and its provider has not refused this very message. */
export const reachable: ChannelGate = {
  name: 'reachable',
  judge({ facts }, channel) {
    const address = facts.addresses[channel];
    const refused = facts.refused[channel];
    const connected = facts.connected.includes(channel);
    const saw = {
      address: address === undefined ? 'none' : address.valid ? 'valid' : 'invalid',
      connected,
      ...(refused === undefined ? {} : { refused }),
    };
    const works = address?.valid === true && connected && refused === undefined;
    return works ? pass(saw) : skip('unreachable', saw);
  },
};
