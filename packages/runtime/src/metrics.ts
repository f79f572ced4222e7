import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Every metric's name begins with this. */
export const METRIC_PREFIX = 'holdfast_'

export interface Metrics {
  /** `name` without the prefix, e.g. `metadata_updates_total`. Asking twice for a name gives the same metric. */
  counter<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Counter<Label>
  /** `collect` sets the gauge when it is read, for what is cheaper to ask than to keep. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label>
  /** `buckets` in the metric's own unit; the name says which. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
    buckets?: readonly number[],
  ): Histogram<Label>
  /** All metrics in Prometheus text format. */
  text(): Promise<string>
  readonly contentType: string
}

export type MetricsOptions = {
  /** On every metric of this process, e.g. `{ process: 'gateway-0' }`. */
  defaultLabels?: Readonly<Record<string, string>>
}

/** From 0.25 ms to 10 s: a memory read and a takeover both have a place. */
const DEFAULT_BUCKETS_MS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

const prefixed = (name: string): string => (name.startsWith(METRIC_PREFIX) ? name : METRIC_PREFIX + name)

function otherKind(name: string): Error {
  return new Error(`the metric ${name} exists already as another kind`)
}

/** Metrics with a registry of their own (two in one process do not meet), the process's own figures included. */
export function createMetrics({ defaultLabels = {} }: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels(defaultLabels)
  collectDefaultMetrics({ register: registry, prefix: METRIC_PREFIX })
  const registers = [registry]

  return {
    counter<Label extends string>(shortName: string, help: string, labelNames: readonly Label[] = []) {
      const name = prefixed(shortName)
      const found = registry.getSingleMetric<Label>(name)
      if (found === undefined) return new Counter<Label>({ name, help, labelNames, registers })
      if (found instanceof Counter) return found
      throw otherKind(name)
    },
    gauge<Label extends string>(
      shortName: string,
      help: string,
      labelNames: readonly Label[] = [],
      collect?: (gauge: Gauge<Label>) => void | Promise<void>,
    ) {
      const name = prefixed(shortName)
      const found = registry.getSingleMetric<Label>(name)
      if (found instanceof Gauge) return found
      if (found !== undefined) throw otherKind(name)
      if (collect === undefined) return new Gauge<Label>({ name, help, labelNames, registers })
      const made: Gauge<Label> = new Gauge<Label>({ name, help, labelNames, registers, collect: () => collect(made) })
      return made
    },
    histogram<Label extends string>(
      shortName: string,
      help: string,
      labelNames: readonly Label[] = [],
      buckets: readonly number[] = DEFAULT_BUCKETS_MS,
    ) {
      const name = prefixed(shortName)
      const found = registry.getSingleMetric<Label>(name)
      if (found === undefined) return new Histogram<Label>({ name, help, labelNames, registers, buckets: [...buckets] })
      if (found instanceof Histogram) return found
      throw otherKind(name)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
