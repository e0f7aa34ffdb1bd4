import colours from 'picocolors';
import type { Explanation } from '../../client/explain.ts';
import { showExplanation } from './explanation.ts';
import { groupAlike } from './group-alike.ts';

const mostNames = 10;

/**
 * Each customer's story under the customer's name. Those to whom exactly the same happened, such as the buyers who only
 * make up the numbers of a scenario, are told once.
 */
export function showExplanations(explanations: Readonly<Record<string, Explanation>>): string {
  const stories = Object.entries(explanations).map(([name, explanation]) => ({ name, explanation }));
  return groupAlike(stories, ({ explanation }) => showExplanation(anonymous(explanation)))
    .map(([{ name, explanation }, ...others]) => {
      const same = others.map((other) => other.name);
      return [`\n${name}`, showExplanation(explanation), ...sameLines(same)].join('\n');
    })
    .join('\n');
}

function anonymous(explanation: Explanation): Explanation {
  return { ...explanation, customer: { ...explanation.customer, id: '', shopId: '' } };
}

function sameLines(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const named = names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ', …' : '');
  return [
    '',
    colours.dim(`… and ${names.length} more to whom the same happened; --json shows all: ${named}`),
  ];
}
