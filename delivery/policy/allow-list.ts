import { pass, skip, type ChannelGate } from './gate.ts';

/** An installation for trying things out writes only to those whom it names, whatever the purpose. */
export const allowList: ChannelGate = {
  name: 'allow-list',
  applies: ({ policy }) => policy.onlyTo !== undefined,
  judge({ policy, facts }, channel) {
    const key = facts.addresses[channel]?.key;
    const listed = key !== undefined && (policy.onlyTo ?? []).some((entry) => matches(entry, key));
    return listed ? pass({ listed }) : skip('not-on-allow-list', { listed });
  },
};

/** `@shop.example` is everybody there. */
function matches(entry: string, key: string): boolean {
  const wanted = entry.trim().toLowerCase();
  return wanted.startsWith('@') ? key.endsWith(wanted) : key === wanted;
}
