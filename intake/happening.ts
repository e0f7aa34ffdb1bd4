import type { EventName } from '../domain/events/catalogue.ts';
import type { Fact } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { RoutingNote } from '../domain/routing-note.ts';
import type { CartMove } from './facts/knowledge.ts';

/** An event, sent or derived, once its fact is known: what routing works with and what is kept. */
export interface Happened {
  readonly id: string;
  readonly type: EventName;
  /** Nobody for events of the shop, such as a new price, and of messages that we do not know. */
  readonly customer: string | undefined;
  readonly at: Instant;
  /** The fact as it stands after the event. */
  readonly fact: Fact | undefined;
  readonly backfill: boolean;
  readonly isTest: boolean;
  /** What was sent, as JSON. */
  readonly envelope: string;
  readonly fingerprint: Buffer;
  /** Facts had moved on when it arrived: what it would start is over. */
  readonly overtaken?: boolean;
  /** Facts had moved on when it arrived: it ends and wakes nothing. */
  readonly stale?: boolean;
  /** Carts that changed hands by it, with the journeys they are in. */
  readonly moves: readonly CartMove[];
  /** What became of it; filled in by routing. */
  readonly notes: RoutingNote[];
}
