import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    redisUrl: string
    kafkaBrokers: string
    databaseUrl: string
  }
}

/** The services that all files of the integration project share. Tests of outages start their own instead. */
export function sharedServices(): { redisUrl: string; kafkaBrokers: string; databaseUrl: string } {
  return { redisUrl: inject('redisUrl'), kafkaBrokers: inject('kafkaBrokers'), databaseUrl: inject('databaseUrl') }
}
