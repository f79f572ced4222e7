import { list } from '@holdfast/runtime'

export const SERVICES = ['redis', 'kafka', 'postgres'] as const
export type ServiceName = (typeof SERVICES)[number]

/** What was given by URL; the others are started here. */
export type GivenUrls = Readonly<Partial<Record<ServiceName, string | undefined>>>

const FACTS: Readonly<Record<ServiceName, { label: string; variable: string; port: string }>> = {
  redis: { label: 'Redis', variable: 'REDIS_URL', port: '6379' },
  kafka: { label: 'Kafka', variable: 'KAFKA_BROKERS', port: '9092' },
  postgres: { label: 'Postgres', variable: 'DATABASE_URL', port: '5432' },
}

export const variableOf = (service: ServiceName): string => FACTS[service].variable

/** Host and port of a service given by URL, and nothing else of it: the rest may be secret. */
export function placeOf(service: ServiceName, url: string): string {
  if (service === 'kafka') return list().parse(url).join(', ')
  const parsed = URL.parse(url)
  if (parsed === null || parsed.hostname === '') return `what ${variableOf(service)} names`
  return `${parsed.hostname}:${parsed.port === '' ? FACTS[service].port : parsed.port}`
}

/** What is used and what is started, a line each: `using Redis at 10.0.0.5:6379`, `starting Kafka and Postgres`. */
export function announceServices(urls: GivenUrls): string[] {
  const used = SERVICES.flatMap((service) => {
    const url = urls[service]
    return url === undefined ? [] : [`${FACTS[service].label} at ${placeOf(service, url)}`]
  })
  const started = SERVICES.filter((service) => urls[service] === undefined).map((service) => FACTS[service].label)
  return [
    ...(used.length === 0 ? [] : [`using ${inWords(used)}`]),
    ...(started.length === 0 ? [] : [`starting ${inWords(started)}`]),
  ]
}

/** What to do about services given by URL that do not answer; empty where there are none. */
export function adviceAbout(services: readonly ServiceName[]): string {
  if (services.length === 0) return ''
  const variables = inWords(services.map(variableOf))
  const [names, them] = services.length === 1 ? ['names', 'it'] : ['name', 'them']
  return `start what ${variables} ${names}, or correct or unset ${them}`
}

function inWords(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}
