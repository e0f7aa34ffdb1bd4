/** Units that a parcel, a return or a refund names, as the shop tells it. */
export interface ToldUnits {
  /** The shop's id of the order line, where the variant alone does not say which. */
  readonly line?: string | undefined;
  readonly variant: string;
  readonly quantity: number;
}

export interface OrderedLine {
  /** Place in the order, from 1. */
  readonly line: number;
  readonly shopLine: string | null;
  readonly variant: string;
  readonly quantity: number;
}

/** Units by line. */
export type Allotment = ReadonlyMap<number, number>;

/**
 * Finds the lines of an order that the units of several bundles (its parcels, say) are taken from.
 *
 * Units that name a line take it first, whichever bundle they are in; the others are taken off the lines of their variant,
 * first line first. A line is never taken from beyond what was bought: what is too much is dropped, last bundle first. For
 * the same bundles in the same order the result is the same, however they came to be known.
 */
export function allot(
  lines: readonly OrderedLine[],
  bundles: readonly (readonly ToldUnits[])[],
): readonly Allotment[] {
  const left = new Map(lines.map(({ line, quantity }) => [line, quantity]));
  const taken = bundles.map(() => new Map<number, number>());
  const take = (bundle: number, line: number, wanted: number): number => {
    const quantity = Math.min(wanted, left.get(line) ?? 0);
    if (quantity === 0) return 0;
    left.set(line, (left.get(line) ?? 0) - quantity);
    const mine = taken[bundle];
    mine?.set(line, (mine.get(line) ?? 0) + quantity);
    return quantity;
  };
  const named = new Map(lines.flatMap(({ shopLine, line }) => (shopLine === null ? [] : [[shopLine, line]])));
  const nameOf = ({ line }: ToldUnits): number | undefined =>
    line === undefined ? undefined : named.get(line);
  for (const [bundle, units] of bundles.entries()) {
    for (const unit of units) {
      const line = nameOf(unit);
      if (line !== undefined) take(bundle, line, unit.quantity);
    }
  }
  for (const [bundle, units] of bundles.entries()) {
    for (const unit of units.filter((one) => nameOf(one) === undefined)) {
      let wanted = unit.quantity;
      for (const { line, variant } of lines)
        if (variant === unit.variant) wanted -= take(bundle, line, wanted);
    }
  }
  return taken;
}

/** The same for bundles whose content may not be told (null): those hold, all of them, what no told one holds. */
export function contentsOf(
  lines: readonly OrderedLine[],
  bundles: readonly (readonly ToldUnits[] | null)[],
): readonly Allotment[] {
  const told = allot(
    lines,
    bundles.map((units) => units ?? []),
  );
  const rest = leftOver(lines, told);
  return told.map((units, place) => (bundles[place] === null ? rest : units));
}

/** What none of the bundles has taken. */
function leftOver(lines: readonly OrderedLine[], taken: readonly Allotment[]): Allotment {
  return new Map(
    lines.flatMap(({ line, quantity }) => {
      const rest = taken.reduce((left, bundle) => left - (bundle.get(line) ?? 0), quantity);
      return rest > 0 ? [[line, rest]] : [];
    }),
  );
}
