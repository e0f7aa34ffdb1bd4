import type { EventName } from '../../domain/events/catalogue.ts';
import type { Fact } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { canonicalJson, fingerprintOfJson } from '../fingerprint.ts';
import type { Happened } from '../happening.ts';

/** An event of our own making: it follows from another one. */
export interface DerivedEvent {
  readonly type: EventName;
  /** Our id of what it is about. */
  readonly subject: string;
  readonly customer: string;
  readonly at: Instant;
  readonly fact: Fact;
  readonly data: object;
}

/** It is kept like any other. Its id follows from its cause, so a repeat would be seen. */
export function derive(cause: Happened, { type, subject, customer, at, fact, data }: DerivedEvent): Happened {
  const id = `${cause.id}#${type}:${subject}`;
  const occurredAt = new Date(at).toISOString();
  const envelope = canonicalJson({ id, type, occurredAt, source: 'perennial', data });
  return {
    id,
    type,
    customer,
    at,
    fact,
    backfill: cause.backfill,
    isTest: cause.isTest,
    envelope,
    fingerprint: fingerprintOfJson(envelope),
    moves: [],
    notes: [],
  };
}
