import { describe, expect, it } from 'vitest';
import { showExplanation } from '../../cli/show/explanation.ts';
import { showExplanations } from '../../cli/show/explanations.ts';
import type { NotEnrolled } from '../../client/not-enrolled.ts';
import { explained, notSent } from './explained.ts';

const hour = 3_600_000;
const newest = Date.parse('2027-03-02T10:00:00Z');

/** Newest first, as `explain` reads them. */
function leftOut(times: number, about: Partial<NotEnrolled> = {}): NotEnrolled[] {
  return Array.from({ length: times }, (_, index) => ({
    journey: 'abandoned-cart',
    event: 'cart.updated',
    at: newest - index * hour,
    because: 'unless',
    sentence: 'the journey leaves out events like this one',
    ...about,
  }));
}

const linesOf = (notEnrolled: readonly NotEnrolled[]) =>
  showExplanation(explained({ notEnrolled }))
    .split('Not enrolled\n')[1]
    ?.split('\n')
    .map((line) => line.trim());

describe('a customer who was left out again and again', () => {
  it('is told of once for each reason, with how many more there were and since when', () => {
    expect(linesOf(leftOut(38))).toEqual([
      'abandoned-cart on cart.updated of 2027-03-02T10:00:00Z: the journey leaves out events like this one',
      '… and 37 more for the same reason since 2027-02-28T21:00:00Z; --json shows all',
    ]);
  });

  it('is told of each time when the journey, the event or the reason is another', () => {
    const notes = [
      ...leftOut(1),
      ...leftOut(1, { journey: 'thank-you' }),
      ...leftOut(1, { event: 'order.paid' }),
      ...leftOut(1, { because: 'never-happened' }),
    ];
    expect(linesOf(notes)).toHaveLength(4);
    expect(linesOf(notes)?.join()).not.toContain('more for the same reason');
  });
});

describe('the customers of a scenario', () => {
  const guests = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `guest-${index + 1}`,
      explained({ shopId: `guest-${index + 1}` }),
    ]),
  );

  it('to whom the same happened are told of once, with who they are', () => {
    const text = showExplanations(guests);
    expect(text.match(/^Customer /gm)).toHaveLength(1);
    expect(text).toMatch(
      /… and 11 more to whom the same happened; --json shows all: guest-2, .*guest-11, …$/,
    );
  });

  it('to whom something else happened are told of each', () => {
    const text = showExplanations({
      mina: explained({ deliveries: [notSent('no-consent')] }),
      ...guests,
      jun: explained({ shopId: 'jun', deliveries: [notSent('template-not-approved')] }),
    });
    expect(text.match(/^(mina|guest-\d+|jun)$/gm)).toEqual(['mina', 'guest-1', 'jun']);
  });
});
