import { campaignWorkflowType } from '../domain/campaign.ts';
import type { Finding } from '../domain/finding.ts';
import type { JourneyTypeName } from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { about, findJourneys, type JourneyFile } from './find-journeys.ts';
import { hashOfStory, readLock, type ReleasedLock, type ReleasedType, writeLock } from './released-lock.ts';
import { replayRecorded } from './replay.ts';
import { writeIndex } from './write-index.ts';

export interface Release {
  /** Locked for the first time. */
  readonly released: readonly ReleasedType[];
  /** Edited, but every recorded history still replays, so the new text was locked. */
  readonly relocked: readonly ReleasedType[];
  /** Taken out of the lock. */
  readonly retired: readonly ReleasedType[];
}

export interface ReleaseOptions {
  readonly checkout: string;
  /** Versions whose runs are all over, whose files are gone. */
  readonly retire?: readonly JourneyTypeName[];
}

type Releasable = Pick<JourneyFile, 'file'> & { readonly type: ReleasedType };

/** Nobody's story and without versions: it changes in place, and what is under way must be able to go on. */
const dispatcher: Releasable = { type: campaignWorkflowType, file: 'workflows/campaign-dispatcher.ts' };

/** Everything that may be in the middle of something when its text changes. */
async function findReleasable(checkout: string): Promise<readonly Releasable[]> {
  const { journeys } = await findJourneys({ checkout });
  return [...journeys, dispatcher];
}

/**
 * Locks the stories and the dispatcher of campaigns as they are: from now on runs of them may be alive anywhere. Also writes
 * the index.
 *
 * @throws PerennialError `released-journey-edited` when a released story was edited and no recorded history shows that
 * its runs go on unharmed; `released-journey-missing` when a released version is not there any more
 */
export async function releaseJourneys({ checkout, retire = [] }: ReleaseOptions): Promise<Release> {
  await writeIndex({ checkout });
  const releasable = await findReleasable(checkout);
  const old = await readLock(checkout);
  const present = new Set(releasable.map(({ type }) => type));
  const missing = typesOf(old).filter((type) => !present.has(type) && !retire.some((each) => each === type));
  if (missing[0] !== undefined)
    throw new PerennialError('released-journey-missing', missingSentence(missing[0]));

  const lock: Partial<Record<ReleasedType, string>> = {};
  const released: ReleasedType[] = [];
  const relocked: ReleasedType[] = [];
  for (const each of releasable) {
    const { type } = each;
    lock[type] = await hashOfStory(checkout, each);
    if (old[type] === undefined) released.push(type);
    else if (old[type] !== lock[type]) {
      await assertReplays(checkout, type);
      relocked.push(type);
    }
  }
  await writeLock(checkout, lock);
  return { released, relocked, retired: typesOf(old).filter((type) => !present.has(type)) };
}

async function assertReplays(checkout: string, type: ReleasedType): Promise<void> {
  const results = await replayRecorded({ checkout, of: `${type}-` });
  const harmed = results.find(({ difference }) => difference !== undefined);
  if (results.length > 0 && harmed === undefined) return;
  throw new PerennialError('released-journey-edited', editedSentence(type), {
    cause: harmed?.difference ?? `no history of ${type} is recorded in tests/histories/`,
  });
}

/** Finds released versions that were edited, renamed or removed, and a dispatcher of campaigns that was edited. */
export async function checkReleased({ checkout }: { readonly checkout: string }): Promise<Finding[]> {
  const lock = await readLock(checkout);
  const releasable = await findReleasable(checkout);
  const findings: Finding[] = [];
  for (const type of typesOf(lock)) {
    const found = releasable.find((candidate) => candidate.type === type);
    if (found === undefined) {
      findings.push(about('workflows/released.lock.json', 'released-journey-missing', missingSentence(type)));
    } else if ((await hashOfStory(checkout, found)) !== lock[type]) {
      findings.push(about(found.file, 'released-journey-edited', editedSentence(type)));
    }
  }
  return findings;
}

function missingSentence(type: ReleasedType): string {
  return `${type} was released, so customers may be in the middle of it, but no file defines it any more. Give the journey its name and version back; when all its runs are over, run "npx perennial release --retire ${type}".`;
}

function editedSentence(type: ReleasedType): string {
  if (type === campaignWorkflowType) {
    return 'The dispatcher of campaigns was released, so campaigns may be in the middle of it, and its text has changed. Take the change back, or let runs that have begun go on as they did (`patched` of @temporalio/workflow); then run "npx perennial release", which replays the recorded histories of campaigns.';
  }
  const [name, version] = type.split('@');
  return `${type} was released, so customers may be in the middle of it, and its text has changed. Take the change back, copy the file and write version ${Number(version) + 1} in the copy; if the change does not alter what runs do (a comment, say), run "npx perennial release", which replays the recorded histories of ${name}.`;
}

function typesOf(lock: ReleasedLock): ReleasedType[] {
  return Object.keys(lock) as ReleasedType[];
}
