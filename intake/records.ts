/** Records that were read, are replaced while events are worked through, and are written back if they were. */
export class Records<Row extends { readonly id: string }> {
  readonly #rows = new Map<string, Row>();
  readonly #changed = new Set<string>();

  constructor(loaded: Iterable<Row> = []) {
    for (const row of loaded) this.#rows.set(row.id, row);
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  put(row: Row): Row {
    this.#rows.set(row.id, row);
    this.#changed.add(row.id);
    return row;
  }

  changed(): Row[] {
    return this.all().filter((row) => this.#changed.has(row.id));
  }
}
