import { parseDuration } from '../../domain/duration.ts';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { exploreStory, wordsOf, type Passage, type PlayableStory, type Step } from './explore-story.ts';

export interface DrawnJourney {
  readonly definition: JourneyDefinition;
  readonly story: PlayableStory;
}

/** The diagrams and time plans of journeys, as a page of Markdown. */
export async function storyPage(journeys: readonly DrawnJourney[]): Promise<string> {
  const sections: string[] = [];
  for (const journey of journeys) sections.push(await sectionOf(journey));
  return `# Diagrams and time plans

Made from the code of the stories: each was played in every way in which it can go, with goods that last thirty days and a
season that is over ten days after the order. Make it anew with \`node --import tsx cli/story/write-page.ts\`; a test
keeps it equal to the code.

${sections.join('\n')}`;
}

async function sectionOf({ definition, story }: DrawnJourney): Promise<string> {
  const { name, endsOn, startsAfter } = definition;
  const startsOn = startOf(definition);
  const delay = startsAfter === undefined ? 0 : parseDuration(startsAfter);
  const passages = await exploreStory(story, { startsOn, startsAfter: delay });
  const begin = startsAfter === undefined ? startsOn : `${startsOn}, then ${startsAfter}`;
  return `## ${name}

\`\`\`mermaid
${diagramOf(begin, passages)}
\`\`\`

Ends at once, wherever it stands, on: ${endsOn.map((event) => `\`${event}\``).join(', ')}.

${planOf(passages)}`;
}

function startOf({ startsOn }: JourneyDefinition): string {
  if (typeof startsOn === 'string') return startsOn;
  return 'date' in startsOn ? startsOn.date : startsOn.daily;
}

/** Steps with the same words after the same message are one box; an arrow bears what came of the step before it. */
function diagramOf(begin: string, passages: readonly Passage[]): string {
  const boxes = new Map<string, { readonly id: string; readonly shape: string }>();
  const arrows = new Set<string>();
  const box = (shape: string, after = '') => {
    const known = boxes.get(`${shape}${after}`)?.id ?? `s${boxes.size}`;
    boxes.set(`${shape}${after}`, { id: known, shape });
    return known;
  };
  for (const { about, steps, exit } of passages) {
    let from = box(`(["${begin}"])`);
    let label = about;
    let sent = '';
    for (const step of steps) {
      const to = box(shapeOf(step), step.kind === 'send' ? '' : sent);
      if (step.kind === 'send') sent = step.text;
      arrows.add(arrow(from, label, to));
      [from, label] = [to, step.outcome];
    }
    arrows.add(arrow(from, label, box(`(["ends: ${exit}"])`)));
  }
  const lines = [...[...boxes.values()].map(({ id, shape }) => `${id}${shape}`), ...arrows];
  return ['flowchart TD', ...lines.map((line) => `  ${line}`)].join('\n');
}

function shapeOf({ kind, text }: Step): string {
  if (kind === 'send') return `["send ${text}"]`;
  return kind === 'ask' ? `{"${text}"}` : `("${text}")`;
}

function arrow(from: string, label: string, to: string): string {
  return label === '' ? `${from} --> ${to}` : `${from} -->|"${label.replaceAll('"', "'")}"| ${to}`;
}

/** When each message is due if nothing comes in between: nobody answers, and none has to wait for a decent hour. */
function planOf(passages: readonly Passage[]): string {
  const usual = passages.filter(({ isUsual }) => isUsual);
  const rows = usual.flatMap(({ about, steps }) =>
    steps
      .filter(({ kind }) => kind === 'send')
      .map(({ text, at }) => `| \`${text}\` | ${at === 0 ? 'at once' : wordsOf(at)} | ${about} |`),
  );
  return `| message | after the event | for |\n|---|---|---|\n${[...new Set(rows)].join('\n')}\n`;
}
