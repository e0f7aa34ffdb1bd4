import type { Instant } from './instant.ts';

/** What somebody has said about one channel: about all of it when the topic is empty. */
export interface TopicWord {
  readonly topic: string;
  readonly state: 'granted' | 'withdrawn';
  readonly at: Instant;
}

/**
 * The word that stands for a message about a topic, or about none; `undefined` when nothing was said. A word about the
 * topic is more exact than one about all topics, but a later withdrawal of everything takes the topic with it.
 *
 * @param words the latest about each topic, on one channel
 */
export function decidingWord<Word extends TopicWord>(words: readonly Word[], topic = ''): Word | undefined {
  const general = words.find((word) => word.topic === '');
  const special = words.find((word) => word.topic === topic);
  if (special === undefined || general === undefined) return special ?? general;
  const everythingWithdrawn = general.state === 'withdrawn' && general.at >= special.at;
  return everythingWithdrawn ? general : special;
}
