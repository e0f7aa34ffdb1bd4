/** Something that `perennial check` found, where, and what to do about it. */
export interface Finding {
  /** Path in the checkout. */
  readonly file: string;
  /** From 1; the whole file is meant when it is 1 and the column too. */
  readonly line: number;
  readonly column: number;
  /** What kind of mistake, in machine words. */
  readonly rule: string;
  /** A sentence that names the value and says what to do. */
  readonly sentence: string;
  /** True for what may stay as it is for now: it is told, and the check does not fail because of it. */
  readonly warning?: boolean;
}
