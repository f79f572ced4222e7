// Loaded into every process of a test run (NODE_OPTIONS): takes one guard out of the sources as they are read. The files
// themselves stay as they are.
import fs from 'node:fs'
import { registerHooks, syncBuiltinESMExports } from 'node:module'

const { file, text, without } = JSON.parse(process.env.HOLDFAST_TAKEN_OUT)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(file) || !loaded.source) return loaded
    return { ...loaded, source: loaded.source.toString().replace(text, without) }
  },
})

// Scripts for Redis are read as files.
const { readFileSync } = fs
fs.readFileSync = (path, ...rest) => {
  const content = readFileSync(path, ...rest)
  return String(path).endsWith(file) && typeof content === 'string' ? content.replace(text, without) : content
}
syncBuiltinESMExports()
