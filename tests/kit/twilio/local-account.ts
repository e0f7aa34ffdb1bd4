import { liveThrough, type CallbackPlan, type Fate } from './callbacks.ts';
import { createContent, fillContent, type Content } from './content-resource.ts';
import { Refusal, type CreateParameters } from './create-parameters.ts';
import { takeMessage, type TakenMessage } from './taken-message.ts';

/** The one account of the local server; nobody's secret. */
export const twilioAccount = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'fedcba9876543210'.repeat(2),
  messagingServiceSid: `MG${'0123456789abcdef'.repeat(2)}`,
  whatsAppFrom: '+14155238886',
} as const;

export interface LocalAccountOptions {
  readonly callbacks: CallbackPlan;
  readonly delayMs: number;
  readonly now: () => number;
  readonly onTaken?: (message: TakenMessage) => void;
}

/** What the server knows: messages, templates, who has said STOP, and what becomes of messages. */
export class LocalAccount {
  readonly taken: TakenMessage[] = [];
  readonly contents = new Map<string, Content>();
  readonly stopped = new Set<string>();
  readonly fates = new Map<string, Fate>();
  callbacks: CallbackPlan;
  readonly #delayMs: number;
  readonly #now: () => number;
  readonly #onTaken: ((message: TakenMessage) => void) | undefined;
  readonly #lives = new Set<Promise<void>>();

  constructor({ callbacks, delayMs, now, onTaken }: LocalAccountOptions) {
    this.callbacks = callbacks;
    this.#delayMs = delayMs;
    this.#now = now;
    this.#onTaken = onTaken;
  }

  /** Takes responsibility for a message, whatever is answered. @throws Refusal */
  take(parameters: CreateParameters): TakenMessage {
    if (this.stopped.has(parameters.to)) {
      throw new Refusal(21610, 'Attempt to send to unsubscribed recipient');
    }
    const message = takeMessage(parameters, this.#wordsOf(parameters), this.#now());
    this.taken.push(message);
    this.#onTaken?.(message);
    const fate = this.fates.get(parameters.to) ?? { status: 'delivered' };
    const timing = { plan: this.callbacks, delayMs: this.#delayMs };
    const life = liveThrough(message, fate, twilioAccount, timing);
    this.#lives.add(life);
    void life.finally(() => this.#lives.delete(life));
    return message;
  }

  #wordsOf({ body, contentSid, contentVariables = {} }: CreateParameters): string {
    if (body !== undefined) return body;
    const content = this.contents.get(contentSid ?? '');
    if (content === undefined) throw new Refusal(21655, 'The ContentSid is invalid');
    if (content.status !== 'approved') throw new Refusal(63040, 'Template rejected or paused');
    return fillContent(content, contentVariables);
  }

  addContent(content: Partial<Content> & Pick<Content, 'name' | 'body'>): Content {
    const added = createContent(content);
    this.contents.set(added.sid, added);
    return added;
  }

  async calledBack(): Promise<void> {
    await Promise.all(this.#lives);
  }
}
