import { expect, it } from 'vitest';
import { planSentence } from '../../cli/show/plan-sentence.ts';

const plan = { campaign: 'black-friday-launch', day: '2026-11-27', time: '10:00' };

it.each([
  [0, /: 0 recipients\. Nothing was sent\. Nobody is in its audience;/],
  [1, /: 1 recipient\. Nothing was sent\.$/],
  [2, /: 2 recipients\. Nothing was sent\.$/],
])('A plan for %i says so in a sentence', (recipients, sentence) => {
  expect(planSentence({ ...plan, recipients })).toMatch(sentence);
});
