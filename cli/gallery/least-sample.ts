/**
 * A message's sample with everything left out that its schema lets be absent: fields that are optional, items of lists down
 * to the fewest allowed. What a customer gets of whom and of whose goods little is known.
 *
 * @param accepts whether the message's data schema takes it
 */
export function leastSample(sample: unknown, accepts: (data: unknown) => boolean): unknown {
  let least = structuredClone(sample);
  for (let smaller = firstSmaller(least, accepts); smaller !== undefined;) {
    least = smaller;
    smaller = firstSmaller(least, accepts);
  }
  return least;
}

function firstSmaller(data: unknown, accepts: (data: unknown) => boolean): unknown {
  for (const smaller of smallerBy(data)) if (accepts(smaller)) return smaller;
  return undefined;
}

/** The data with one thing less, outermost first. */
function* smallerBy(data: unknown): Generator {
  if (Array.isArray(data)) {
    if (data.length > 0) yield data.slice(0, -1);
    for (const [index, item] of data.entries()) {
      for (const smaller of smallerBy(item)) yield data.with(index, smaller);
    }
  } else if (isRecord(data)) {
    for (const key of Object.keys(data)) {
      const { [key]: _, ...rest } = data;
      yield rest;
    }
    for (const [key, value] of Object.entries(data)) {
      for (const smaller of smallerBy(value)) yield { ...data, [key]: smaller };
    }
  }
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
