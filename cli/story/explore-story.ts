import { parseDuration, type Duration } from '../../domain/duration.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Question } from '../../domain/questions.ts';
import type { Exit } from '../../workflows/verbs.ts';
import { sampleAnswers, sampleFacts, type Sample } from './samples.ts';

/** What a story did on one way through it. */
export interface Passage {
  /** Which sample fact it was told with; empty when there is one only. */
  readonly about: string;
  readonly steps: readonly Step[];
  readonly exit: string;
  /** Nothing unusual happened: every message was sent, nobody answered. */
  readonly isUsual: boolean;
}

export interface Step {
  readonly kind: 'wait' | 'send' | 'ask';
  /** The same text on another way is the same step. */
  readonly text: string;
  /** Milliseconds after the event that began the journey, when the step is over. */
  readonly at: number;
  /** What came of it, where a story may go on in different ways. */
  readonly outcome: string;
}

/** A story as anybody may play it, with verbs of their own. */
export type PlayableStory = (fact: never, verbs: never) => Promise<Exit>;

/** More ways than a story on one page has. */
const mostPassages = 300;

/**
 * Plays a story in every way in which it can go: each message sent and skipped, each event that it waits for coming and not
 * coming, each sample answer to what it asks. The verbs only note that they were called, so what is drawn of a story is what
 * its code does.
 *
 * @param startsAfter milliseconds from the event to the beginning of the story
 */
export async function exploreStory(
  story: PlayableStory,
  { startsOn, startsAfter }: { readonly startsOn: string; readonly startsAfter: number },
): Promise<Passage[]> {
  const passages: Passage[] = [];
  for (const sample of sampleFacts(startsOn)) {
    // A way is told by the choices that lead to it; each choice met on it opens the ways beside.
    const open: (readonly number[])[] = [[]];
    for (let way = open.shift(); way !== undefined && passages.length < mostPassages; way = open.shift()) {
      const { passage, choices } = await walk(story, { sample, startsAfter, way });
      passages.push(passage);
      for (let place = way.length; place < choices.length; place += 1) {
        const before = choices.slice(0, place).map(({ taken }) => taken);
        for (let other = 1; other < (choices[place]?.of ?? 1); other += 1) open.push([...before, other]);
      }
    }
  }
  return withoutNeedlessSamples(passages);
}

/** Where the samples lead to the same, they are one. */
function withoutNeedlessSamples(passages: readonly Passage[]): Passage[] {
  const [first] = passages;
  const told = (about: string | undefined) =>
    JSON.stringify(
      passages.filter((each) => each.about === about).map(({ steps, exit }) => ({ steps, exit })),
    );
  const makesNoDifference = passages.every(({ about }) => told(about) === told(first?.about));
  if (!makesNoDifference) return [...passages];
  return passages.filter(({ about }) => about === first?.about).map((passage) => ({ ...passage, about: '' }));
}

interface Walk {
  readonly sample: Sample;
  readonly startsAfter: number;
  readonly way: readonly number[];
}

/** Once through the story; beyond the given choices the first, the usual one, is taken. */
async function walk(story: PlayableStory, { sample, startsAfter, way }: Walk) {
  const steps: Step[] = [];
  const choices: { taken: number; of: number }[] = [];
  const visits = new Map<string, number>();
  let now: Instant = startsAfter;

  function choose<Value>(values: readonly Value[]): Value {
    const taken = way[choices.length] ?? 0;
    choices.push({ taken, of: values.length });
    const value = values[taken];
    if (value === undefined) throw new Error('a way leads to a choice that is not there');
    return value;
  }
  const note = (kind: Step['kind'], text: string, outcome = '') =>
    void steps.push({ kind, text, at: now, outcome });

  const verbs = {
    now: () => now,
    exit: (reason: string): Exit => ({ exit: reason }),
    choose: (_experiment: string, shares: Readonly<Record<string, number>>) => choose(Object.keys(shares)),
    async sleep(duration: Duration) {
      now += parseDuration(duration);
      note('wait', `wait ${duration}`);
    },
    async sleepUntil(instant: Instant) {
      if (instant <= now) return;
      now = instant;
      note('wait', `wait until ${wordsOf(instant)} after the event`);
    },
    async idleFor(duration: Duration) {
      now = Math.max(now, parseDuration(duration));
      note('wait', `wait until nothing happened for ${duration}`);
    },
    async waitFor(event: string, duration: Duration) {
      const came = choose([false, true]);
      if (!came) now += parseDuration(duration);
      note('wait', `wait ${duration} for ${event}`, came ? event : 'time is up');
      return came ? sample.fact : undefined;
    },
    async collect(event: string, options: { readonly for: Duration }) {
      const came = choose([true, false]);
      if (!came) now += parseDuration(options.for);
      note('wait', `gather ${event} for ${options.for}`, came ? 'all came' : 'time is up');
      return came ? [sample.fact] : [];
    },
    async ask(question: Question) {
      const visit = visits.get(question.name) ?? 0;
      visits.set(question.name, visit + 1);
      const answers = sampleAnswers(question, visit, now);
      const { name, answer } = choose(answers);
      if (answers.length > 1) note('ask', `ask ${question.name}`, name);
      return answer;
    },
    async send(message: string) {
      const sent = choose([true, false]);
      note('send', message, sent ? 'sent' : 'not sent');
      return sent
        ? { status: 'sent', channel: 'email' }
        : { status: 'skipped', reason: 'why it was not sent' };
    },
  };

  // A story takes the facts and verbs of its own events; which those are does not matter to who only notes its calls.
  const { exit } = await story(sample.fact as never, verbs as never);
  const isUsual = choices.every(({ taken }) => taken === 0);
  const passage: Passage = { about: sample.name, steps, exit, isUsual };
  return { passage, choices };
}

const hour = 3_600_000;

/** `4 hours`, `3 days 1 hour`. */
export function wordsOf(length: number): string {
  const hours = Math.round(length / hour);
  const counted = (count: number, unit: string) =>
    count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`];
  return [...counted(Math.floor(hours / 24), 'day'), ...counted(hours % 24, 'hour')].join(' ');
}
