import { inject } from 'vitest'

export type SharedServices = { redisUrl: string; kafkaBrokers: string; databaseUrl: string }

declare module 'vitest' {
  interface ProvidedContext {
    /** A Redis, Kafka and Postgres for each lane of the integration project. */
    services: readonly SharedServices[]
  }
}

/**
 * The services that all files of a lane share: test files run side by side, those of one lane one after the other. Tests of
 * outages start their own instead.
 */
export function sharedServices(): SharedServices {
  const lane = Number(process.env.VITEST_POOL_ID)
  const services = inject('services')[lane - 1]
  if (services === undefined)
    throw new Error(`no services for lane ${lane}: the setup starts as many as there are workers`)
  return services
}
