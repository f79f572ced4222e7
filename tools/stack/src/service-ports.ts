import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { freePorts, portIsFree } from './ports.ts'

const schema = z.object({ redis: z.int(), kafka: z.int(), postgres: z.int() })
export type ServicePorts = z.infer<typeof schema>

function remembered(file: string): ServicePorts | undefined {
  if (!existsSync(file)) return undefined
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Free ports for the three services; those of the last start where they are free, so that a `redis-cli -p` still fits. None
 * of `promised`, where others will listen that do not yet.
 */
export async function provideServicePorts(file: string, promised: ReadonlySet<number>): Promise<ServicePorts> {
  const last = remembered(file)
  const [a = 0, b = 0, c = 0] = await freePorts(3, new Set([...promised, ...Object.values(last ?? {})]))
  const keep = async (port: number | undefined, other: number) =>
    port !== undefined && !promised.has(port) && (await portIsFree(port)) ? port : other
  const ports = {
    redis: await keep(last?.redis, a),
    kafka: await keep(last?.kafka, b),
    postgres: await keep(last?.postgres, c),
  }
  writeFileSync(file, `${JSON.stringify(ports)}\n`)
  return ports
}
