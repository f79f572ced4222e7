import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the game says in words of its own, from the files beside this one: an operator edits them, no code does. */
export interface Texts {
  /** The first a connection reads. */
  readonly banner: string
  /** After the login. */
  readonly motd: string
  readonly goodbye: string
  /** Page by topic, both in lower case; `help` is the index. */
  readonly help: ReadonlyMap<string, string>
}

/** Reads all texts, once, at the start. Throws where one is missing. */
export function loadTexts(dir: string = import.meta.dirname): Texts {
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8').trimEnd()
  const pages = readdirSync(join(dir, 'help')).filter((name) => name.endsWith('.md'))
  return {
    banner: read('banner.txt'),
    motd: read('motd.txt'),
    goodbye: read('goodbye.txt'),
    help: new Map(pages.map((name) => [name.slice(0, -'.md'.length), plainPage(read(join('help', name)))])),
  }
}

/** Markdown as a terminal shows it: headings without their signs, code without its fences and ticks. */
function plainPage(markdown: string): string {
  return markdown
    .split('\n')
    .filter((line) => !line.startsWith('```'))
    .map((line) => line.replace(/^#+ /, '').replaceAll('`', ''))
    .join('\n')
}
