import type { CartCycle } from '../../store/carts.ts';
import { Records } from '../records.ts';

/** The cart cycles that a transaction knows, found by the shop's cart id and by customer. */
export class CartBook {
  readonly #cycles: Records<CartCycle>;
  readonly #byCartId = new Map<string, Set<string>>();
  readonly #byCustomer = new Map<string, Set<string>>();

  constructor(loaded: Iterable<CartCycle>) {
    const cycles = [...loaded];
    this.#cycles = new Records(cycles);
    for (const cycle of cycles) this.#index(cycle);
  }

  /** The cycles of a cart id, newest first. */
  cyclesOf(cartId: string): CartCycle[] {
    return this.#pick(this.#byCartId.get(cartId)).sort((a, b) => b.cycle - a.cycle);
  }

  openOf(customer: string): CartCycle[] {
    return this.#pick(this.#byCustomer.get(customer)).filter(
      (cycle) => cycle.state === 'open' && cycle.customer === customer,
    );
  }

  put(cycle: CartCycle): CartCycle {
    this.#index(cycle);
    return this.#cycles.put(cycle);
  }

  changed(): CartCycle[] {
    return this.#cycles.changed();
  }

  added(): CartCycle[] {
    return this.#cycles.added();
  }

  #index(cycle: CartCycle): void {
    addTo(this.#byCartId, cycle.cartId, cycle.id);
    addTo(this.#byCustomer, cycle.customer, cycle.id);
  }

  #pick(ids: ReadonlySet<string> = new Set()): CartCycle[] {
    return [...ids].flatMap((id) => this.#cycles.get(id) ?? []);
  }
}

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}
