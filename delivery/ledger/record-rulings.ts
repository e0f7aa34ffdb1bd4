import { originOf, type GateTrace, type SendOutcome } from '../../domain/delivery.ts';
import type { Database } from '../../store/database.ts';
import { lockCustomers } from '../../store/customers.ts';
import type { Candidate } from './candidate.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { loadLedgerRows } from './load-ledger-rows.ts';
import { loadOwners } from './load-people.ts';
import type { Situation } from './load-situations.ts';
import { unlessItMayHaveArrived } from './may-have-arrived.ts';
import { outcomeOfRuling, rowOf, type Ruling } from './verdict-row.ts';
import { writeRows } from './write-rows.ts';

/** A candidate that does not leave now, and why. */
export interface Ruled {
  readonly candidate: Candidate;
  /** As it was when it was judged. */
  readonly situation: Situation;
  readonly ruling: Exclude<Ruling, { state: 'sending' }>;
  readonly trace: readonly GateTrace[];
}

/**
 * Writes down what does not leave, and tells the outcome of each by its send key.
 *
 * It takes the lock that a merge takes, so that no row is written for a customer who has become another one, and reads the
 * ledger again behind it, so that a request which somebody made meanwhile counts. One without an outcome has to be judged
 * again: it belongs to somebody else now, or another worker has dealt with it.
 */
export async function recordRulings(
  db: Database,
  rulings: readonly Ruled[],
  setting: LedgerSetting,
): Promise<ReadonlyMap<string, SendOutcome>> {
  if (rulings.length === 0) return new Map();
  return db.transaction().execute(async (trx) => {
    await lockCustomers(
      trx,
      rulings.map(({ situation }) => situation.facts.customer.id),
    );
    const owners = await loadOwners(
      trx,
      rulings.map(({ candidate }) => candidate.request),
    );
    const ledger = await loadLedgerRows(
      trx,
      rulings.map(({ candidate }) => candidate.request.sendKey),
    );
    const at = setting.clock.now();
    const decided = rulings.flatMap(({ candidate, situation, ruling, trace }) => {
      const { sendKey } = candidate.request;
      if (owners.get(originOf(candidate.request)) !== situation.facts.customer.id) return [];
      const stored = ledger.get(sendKey);
      const final = unlessItMayHaveArrived(ruling, stored?.attempts ?? []);
      const row = rowOf(candidate, situation, final, { trace, stored, at });
      return [{ sendKey, row, outcome: outcomeOfRuling(final) }];
    });
    const written = await writeRows(
      trx,
      decided.map(({ row }) => row),
    );
    return new Map(
      decided
        .filter(({ sendKey }) => written.has(sendKey))
        .map(({ sendKey, outcome }) => [sendKey, outcome] as const),
    );
  });
}
