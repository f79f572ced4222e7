import { resolve } from 'node:path'

/** The repository's root. */
export const REPO_DIR = resolve(import.meta.dirname, '../../..')

/** What is fetched once and can be deleted at any time. */
export const CACHE_DIR = resolve(REPO_DIR, '.cache')

/** The files that go with Kafka: pinned jars, log configuration. */
export const KAFKA_FILES_DIR = resolve(import.meta.dirname, '../kafka')
