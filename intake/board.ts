import type { Fact } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { EnrolmentRecord, EnrolmentSeal, NewEnrolment } from '../store/enrolments.ts';
import type { PastEvent } from '../store/events.ts';
import type { NewOutboxRow } from '../store/outbox.ts';

/** An enrolment while events are routed: read, or opened just now. */
export interface BoardEnrolment extends EnrolmentRecord {
  /** Set when it was opened in this transaction. */
  readonly opened?: { readonly by: string | null; readonly dueAt: Instant };
  readonly seal?: EnrolmentSeal;
}

/** What was read for routing. */
export interface BoardReading {
  readonly open: readonly EnrolmentRecord[];
  readonly lastEntries: readonly EnrolmentRecord[];
  /** `journey customer` of journeys that are entered once ever. */
  readonly entered: ReadonlySet<string>;
  /** Events that happened at or after the ones being routed, and were accepted before them. */
  readonly later: readonly PastEvent[];
}

/**
 * The enrolments that a transaction sees and changes. Every change is remembered in the order in which it was made and
 * written once at the end.
 */
export class Board {
  readonly #enrolments = new Map<string, BoardEnrolment>();
  readonly #byCustomer = new Map<string, Set<string>>();
  readonly #lastEntry = new Map<string, string>();
  readonly #entered: Set<string>;
  readonly #later = new Map<string, PastEvent[]>();
  readonly #signals: NewOutboxRow[] = [];

  constructor({ open, lastEntries, entered, later }: BoardReading) {
    this.#entered = new Set(entered);
    for (const enrolment of [...lastEntries, ...open]) this.#put(enrolment);
    for (const event of later) this.remember(event);
  }

  openOf(customer: string): BoardEnrolment[] {
    const ids = [...(this.#byCustomer.get(customer) ?? [])];
    return ids
      .flatMap((id) => this.#enrolments.get(id) ?? [])
      .filter((enrolment) => enrolment.state === 'open' && enrolment.customer === customer);
  }

  /** Those of any customer: for events about nobody in particular. */
  allOpen(): BoardEnrolment[] {
    return [...this.#enrolments.values()].filter((enrolment) => enrolment.state === 'open');
  }

  lastEntry(journey: string, key: string): BoardEnrolment | undefined {
    const id = this.#lastEntry.get(entryKey(journey, key));
    return id === undefined ? undefined : this.#enrolments.get(id);
  }

  hasEntered(journey: string, customer: string): boolean {
    return this.#entered.has(`${journey} ${customer}`);
  }

  /** An event of the customer that later ones must not overlook. */
  remember(event: PastEvent): void {
    const events = this.#later.get(event.customer);
    if (events === undefined) this.#later.set(event.customer, [event]);
    else events.push(event);
  }

  eventsSince(customer: string, at: Instant): PastEvent[] {
    return (this.#later.get(customer) ?? []).filter((event) => event.at >= at);
  }

  /** The enrolments of a cart go with it to its new owner; those of an order that came from it stay with who ordered. */
  move({ cycle, from, to }: { cycle: string; from: string; to: string }): void {
    for (const enrolment of this.openOf(from)) {
      if (cycleOf(enrolment.fact) === cycle) this.#put({ ...enrolment, customer: to });
    }
  }

  open(enrolment: BoardEnrolment): void {
    this.#put(enrolment);
    this.#entered.add(`${enrolment.journey} ${enrolment.customer}`);
  }

  seal(enrolment: BoardEnrolment, seal: EnrolmentSeal): void {
    this.#put({ ...enrolment, state: 'sealed', sealReason: seal.reason, seal });
  }

  tell(signal: NewOutboxRow): void {
    this.#signals.push(signal);
  }

  opened(): NewEnrolment[] {
    return [...this.#enrolments.values()].flatMap(({ opened, ...enrolment }) =>
      opened === undefined
        ? []
        : [
            {
              id: enrolment.id,
              journey: enrolment.journey,
              version: enrolment.version,
              key: enrolment.key,
              entry: enrolment.entry,
              customer: enrolment.customer,
              fact: enrolment.fact,
              openedBy: opened.by,
              dueAt: opened.dueAt,
              ...(enrolment.seal === undefined ? {} : { seal: enrolment.seal }),
            },
          ],
    );
  }

  sealed(): (EnrolmentSeal & { enrolment: string })[] {
    return [...this.#enrolments.values()].flatMap(({ id, opened, seal }) =>
      opened === undefined && seal !== undefined ? [{ enrolment: id, ...seal }] : [],
    );
  }

  /** Starts first, then what is told; nothing about runs that nobody has to start, because they are over already. */
  outbox(): NewOutboxRow[] {
    const over = new Set<string>();
    const starts: NewOutboxRow[] = [];
    for (const { id, opened, seal } of this.#enrolments.values()) {
      if (opened === undefined) continue;
      if (seal !== undefined) over.add(id);
      else
        starts.push({ enrolment: id, kind: 'start', event: opened.by, payload: { startAt: opened.dueAt } });
    }
    return [...starts, ...this.#signals.filter((signal) => !over.has(signal.enrolment))];
  }

  #put(enrolment: BoardEnrolment): void {
    this.#enrolments.set(enrolment.id, enrolment);
    const ids = this.#byCustomer.get(enrolment.customer);
    if (ids === undefined) this.#byCustomer.set(enrolment.customer, new Set([enrolment.id]));
    else ids.add(enrolment.id);
    const key = entryKey(enrolment.journey, enrolment.key);
    const last = this.#enrolments.get(this.#lastEntry.get(key) ?? '');
    if (last === undefined || last.entry <= enrolment.entry) this.#lastEntry.set(key, enrolment.id);
  }
}

function entryKey(journey: string, key: string): string {
  return `${journey} ${key}`;
}

function cycleOf(fact: Fact): string | undefined {
  return 'items' in fact ? fact.cycle : undefined;
}
