/** Records that were read, are replaced while events are worked through, and are written back if they were. */
export class Records<Row extends { readonly id: string }> {
  readonly #rows = new Map<string, Row>();
  readonly #loaded = new Set<string>();
  readonly #changed = new Set<string>();

  constructor(loaded: Iterable<Row> = []) {
    for (const row of loaded) {
      this.#rows.set(row.id, row);
      this.#loaded.add(row.id);
    }
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

  /** Those that were read and have changed. */
  changed(): Row[] {
    return this.#put().filter((row) => this.#loaded.has(row.id));
  }

  /** Those that were not there before. */
  added(): Row[] {
    return this.#put().filter((row) => !this.#loaded.has(row.id));
  }

  #put(): Row[] {
    return [...this.#changed].flatMap((id) => this.#rows.get(id) ?? []);
  }
}
