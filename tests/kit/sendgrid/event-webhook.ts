import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBody } from './events.ts';
import { postSigned, type WebhookKey } from './signed-post.ts';

/** How events come: `late` waits, `never` loses them. */
export const callbackPlans = ['once', 'twice', 'reversed', 'late', 'never'] as const;
export type CallbackPlan = (typeof callbackPlans)[number];

export interface EventWebhook {
  setPlan(plan: CallbackPlan): void;
  /** Hands events over; they go out with those of other mails. */
  post(events: readonly EventBody[]): void;
  /** Waits until everything is out, or given up. */
  emptied(): Promise<void>;
  close(): void;
}

export interface EventWebhookOptions {
  readonly url: string | undefined;
  readonly key: WebhookKey;
  readonly plan: CallbackPlan;
  /** Of events that are late, in milliseconds. */
  readonly delayMs: number;
  readonly now: () => number;
}

/** Events of so long a time travel together, in milliseconds. */
const batchMs = 20;
/** SendGrid tries for a day; a test need not. */
const retriesMs = [100, 300, 1000, 3000];

/** SendGrid's event webhook: batches, tried again when the shop does not answer with 2xx. */
export function openEventWebhook(options: EventWebhookOptions): EventWebhook {
  const { url, key, delayMs, now } = options;
  let { plan } = options;
  let waiting: EventBody[] = [];
  let closed = false;
  const onTheWay = new Set<Promise<void>>();

  function inTheBackground(work: Promise<void>): void {
    onTheWay.add(work);
    void work.finally(() => onTheWay.delete(work));
  }

  async function deliver(to: string, events: readonly EventBody[]): Promise<void> {
    for (const wait of [0, ...retriesMs]) {
      await sleep(wait);
      if (closed) return;
      const status = await postSigned(to, events, key, now());
      if (status >= 200 && status < 300) return;
    }
  }

  async function flush(to: string): Promise<void> {
    await sleep(batchMs + (plan === 'late' ? delayMs : 0));
    const batch = waiting;
    waiting = [];
    if (plan !== 'reversed') await deliver(to, batch);
    // One by one, or a reader could put the batch in order.
    else for (const event of batch.toReversed()) await deliver(to, [event]);
    if (plan === 'twice') await deliver(to, batch);
  }

  return {
    setPlan(next) {
      plan = next;
    },
    post(events) {
      if (url === undefined || plan === 'never') return;
      const isFirst = waiting.length === 0;
      waiting.push(...events);
      if (isFirst) inTheBackground(flush(url));
    },
    async emptied() {
      while (onTheWay.size > 0) await Promise.all(onTheWay);
    },
    close() {
      closed = true;
    },
  };
}
