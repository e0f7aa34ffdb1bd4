import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawnJourneys } from '../../cli/story/drawn-journeys.ts';
import { exploreStory, type PlayableStory } from '../../cli/story/explore-story.ts';
import { storyPage } from '../../cli/story/story-page.ts';
import { root } from './code-blocks.ts';

describe('the diagrams and time plans', () => {
  it('are those of the stories (node --import tsx cli/story/write-page.ts)', async () => {
    const page = await readFile(join(root, 'docs/journeys/diagrams.md'), 'utf8');
    expect(page).toBe(await storyPage(drawnJourneys()));
  });
});

describe('a story that is explored', () => {
  const explored = (story: PlayableStory) => exploreStory(story, { startsOn: 'cart.updated', startsAfter: 0 });

  it('is played in every way, each once', async () => {
    const passages = await explored(async (_fact, verbs: never) => {
      const { send, waitFor, exit }: Verbs = verbs;
      const first = await send('one');
      if (first.status === 'skipped') return exit('skipped');
      return exit((await waitFor('message.replied', '2 hours')) ? 'replied' : 'silent');
    });
    expect(passages.map(({ exit }) => exit).toSorted()).toEqual(['replied', 'silent', 'skipped']);
    expect(passages.filter(({ isUsual }) => isUsual).map(({ exit }) => exit)).toEqual(['silent']);
  });

  it('does not go on after its exit', async () => {
    const passages = await explored(async (_fact, verbs: never) => {
      const { exit }: Verbs = verbs;
      return exit('at once');
    });
    expect(passages).toMatchObject([{ steps: [], exit: 'at once' }]);
  });
});

interface Verbs {
  readonly send: (message: string) => Promise<{ status: string }>;
  readonly waitFor: (event: string, duration: string) => Promise<unknown>;
  readonly exit: (reason: string) => { exit: string };
}
