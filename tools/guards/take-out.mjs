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

// Scripts for Redis are read as files, and so is what the test runner transforms for the process of the tests.
const takenOut = (path, content) =>
  String(path).endsWith(file) && typeof content === 'string' ? content.replace(text, without) : content
const { readFileSync } = fs
const { readFile } = fs.promises
fs.readFileSync = (path, ...rest) => takenOut(path, readFileSync(path, ...rest))
fs.promises.readFile = async (path, ...rest) => takenOut(path, await readFile(path, ...rest))
syncBuiltinESMExports()
