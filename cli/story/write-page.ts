import { writeFile } from 'node:fs/promises';
import { drawnJourneys } from './drawn-journeys.ts';
import { storyPage } from './story-page.ts';

/** Writes `docs/journeys/diagrams.md` from the stories: `node --import tsx cli/story/write-page.ts`. */
await writeFile(
  new URL('../../docs/journeys/diagrams.md', import.meta.url),
  await storyPage(drawnJourneys()),
);
