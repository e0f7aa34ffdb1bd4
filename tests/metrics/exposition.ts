/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i;
const labelPair = /([a-z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gi;

/**
 * Reads the text format 0.0.4, strictly: each line is a comment of the format or a sample, each sample belongs to a metric
 * whose type was told before, and no series comes twice.
 */
export function parseExposition(text: string): readonly Sample[] {
  const types = new Map<string, string>();
  const seen = new Set<string>();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [, type, kind] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
      if (type !== undefined && kind !== undefined) types.set(type, kind);
      if (/^# (HELP|TYPE) \S/.test(line)) return [];
      const sample = parseSample(line);
      const family = types.has(sample.name) ? sample.name : sample.name.replace(/_(bucket|sum|count)$/, '');
      if (!types.has(family)) throw new Error(`the type of ${sample.name} was not told`);
      const series = JSON.stringify([sample.name, Object.entries(sample.labels).sort(byName)]);
      if (seen.has(series)) throw new Error(`${series} comes twice`);
      seen.add(series);
      return [sample];
    });
}

function parseSample(line: string): Sample {
  const [, name, pairs = '', number] = sampleLine.exec(line) ?? [];
  if (name === undefined || number === undefined) throw new Error(`not a sample: ${line}`);
  const matches = [...pairs.matchAll(labelPair)];
  if (matches.map(([whole]) => whole).join('') !== pairs) throw new Error(`not a list of labels: ${pairs}`);
  // Go's words for numbers, in any case; prom-client writes Nan for what it has not measured yet.
  const value = number === '+Inf' ? Infinity : Number(number);
  if (Number.isNaN(value) && !/^nan$/i.test(number)) throw new Error(`not a number: ${number}`);
  return {
    name,
    labels: Object.fromEntries(matches.map(([, label = '', said = '']) => [label, said])),
    value,
  };
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}
