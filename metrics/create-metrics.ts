import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricCatalogue, type LabelOf, type MetricEntry, type MetricName } from './catalogue.ts';

type NameOf<Kind> = {
  [Name in MetricName]: (typeof metricCatalogue)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** A value for each label of a metric. */
type Labels<Name extends MetricName> = Readonly<Record<LabelOf<Name>, string>>;

/** What a gauge shows at the moment of a scrape. */
export type GaugeReading = {
  [Name in NameOf<'gauge'>]: {
    readonly name: Name;
    readonly labels: Labels<Name>;
    readonly value: number;
  };
}[NameOf<'gauge'>];

type Source = () => readonly GaugeReading[] | Promise<readonly GaugeReading[]>;

export interface Metrics {
  count<Name extends NameOf<'counter'>>(name: Name, labels: Labels<Name>, by?: number): void;
  /** @param seconds how long it took */
  time<Name extends NameOf<'histogram'>>(name: Name, labels: Labels<Name>, seconds: number): void;
  /** Asked at each scrape. One that fails leaves its gauges out, and the others are shown all the same. */
  addSource(source: Source): void;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** In seconds: from a read in memory to the limit of a request to a provider. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one process, in a registry of its own, with what `prom-client` knows of every Node process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  for (const [name, entry] of Object.entries<MetricEntry>(metricCatalogue)) {
    const settings = { name, help: entry.help, labelNames: entry.labels, registers: [registry] };
    if (entry.kind === 'counter') counters.set(name, new Counter(settings));
    if (entry.kind === 'histogram') histograms.set(name, new Histogram({ ...settings, buckets }));
  }
  const sources: Source[] = [];

  async function readSources(): Promise<readonly GaugeReading[]> {
    const answers = await Promise.allSettled(sources.map(async (source) => source()));
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc({ ...labels }, by),
    time: (name, labels, seconds) => histograms.get(name)?.observe({ ...labels }, seconds),
    addSource: (source) => void sources.push(source),
    async text() {
      const gauges = gaugesOf(await readSources());
      return [await registry.metrics(), await gauges.metrics()].join('\n');
    },
    contentType: registry.contentType,
  };
}

/** Made anew for each scrape: what nobody tells any more, such as a campaign that is over, must not stay at its last value. */
function gaugesOf(readings: readonly GaugeReading[]): Registry {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  for (const { name, labels, value } of readings) {
    const { help, labels: labelNames } = metricCatalogue[name];
    const gauge =
      gauges.get(name) ?? new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
    gauges.set(name, gauge);
    gauge.set({ ...labels }, value);
  }
  return registry;
}
