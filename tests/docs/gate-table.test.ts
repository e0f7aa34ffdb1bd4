import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  campaignGates,
  channelGates,
  journeyGates,
  requestGates,
  timingGates,
} from '../../delivery/policy/gates.ts';
import { root } from './code-blocks.ts';

const groups = [journeyGates, campaignGates, requestGates, channelGates, timingGates];
const gates = groups.flatMap((group) => group.map(({ name }) => name));
const guide = readFileSync(join(root, 'docs/guides/see-why.md'), 'utf8');
const table = guide.slice(guide.indexOf('| gate | asks |'), guide.indexOf('A message that would have to wait'));

it('The table of gates in "See why" has every gate, in the order in which they are asked', () => {
  const named = [...table.matchAll(/^\| `(\S+)` \|/gm)].map(([, gate]) => gate);
  // The words are written when every gate has agreed.
  expect(named).toEqual([...gates, 'content']);
});

it('The table of gates says "the next channel" of those that judge a channel, and of no other', () => {
  const next = [...table.matchAll(/^\| `(\S+)` \|.*\| the next channel \|$/gm)].map(([, gate]) => gate);
  expect(next).toEqual(channelGates.map(({ name }) => name));
});
