import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** `node bench/profile.ts <file.cpuprofile> ...`: the functions that took most of the time themselves. */
const SHOWN = 25

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

function selfTimes(file: string): Map<string, number> {
  const { nodes, samples, timeDeltas } = profileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const where = url.replace(/^.*\/(node_modules|work\/main|holdfast)\//, '')
      return [id, `${functionName || '(anonymous)'} ${where}:${lineNumber + 1}`]
    }),
  )
  const times = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0) / 1_000)
  }
  return times
}

for (const file of process.argv.slice(2)) {
  const times = [...selfTimes(file)].sort(([, a], [, b]) => b - a)
  const busy = times.filter(([name]) => !name.startsWith('(idle)')).reduce((sum, [, ms]) => sum + ms, 0)
  console.log(`${file}: ${busy.toFixed(0)} ms busy`)
  for (const [name, ms] of times.slice(0, SHOWN))
    console.log(`${ms.toFixed(0).padStart(8)} ms ${((ms / busy) * 100).toFixed(1).padStart(5)} %  ${name}`)
}
