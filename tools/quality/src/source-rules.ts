/** Rules about sources that neither the linter nor the compiler knows. Pure: text in, problems out. */

/** Above this a file has more than one idea in it. */
const LINES_MAX = 400

export type SourceFile = { path: string; text: string }

const isSource = (path: string): boolean => /\.(ts|tsx|mjs|css|lua)$/.test(path)
const isTest = (path: string): boolean => /\.test\.tsx?$|\/test\/|\/testing\//.test(path)
const isProduct = (path: string): boolean => /^(packages|apps)\//.test(path) && !isTest(path)

function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)(['"])([^'"\n]+)\1/gm)
  return [...found].map((match) => match[2] ?? '')
}

function tooLong({ path, text }: SourceFile): string[] {
  const lines = text.split('\n').length - 1
  return lines > LINES_MAX ? [`${path}: ${lines} lines; split it (at most ${LINES_MAX})`] : []
}

function readsEnvironment({ path, text }: SourceFile): string[] {
  if (!isProduct(path) || /(^|\/)[a-z-]*config\.ts$/.test(path) || !/\bprocess\.env\b/.test(text)) return []
  return [`${path}: reads process.env; only a config.ts does`]
}

/** Each client library has one folder, so that its errors, options and versions are known in one place. */
const CLIENT_HOMES: Readonly<Record<string, string>> = {
  ioredis: 'packages/store/src/redis/',
  kafkajs: 'packages/store/src/kafka/',
  ws: 'apps/gateway/src/websocket/',
}

function importsClient({ path, text }: SourceFile): string[] {
  if (!isProduct(path)) return []
  return importsOf(text).flatMap((name) => {
    const home = CLIENT_HOMES[name.split('/')[0] ?? '']
    return home === undefined || path.startsWith(home) ? [] : [`${path}: imports ${name}; only ${home} does`]
  })
}

/** Browsers load the contracts: nothing of Node may come with them. */
function contractsStayPure({ path, text }: SourceFile): string[] {
  if (!path.startsWith('packages/store/src/contracts/') || isTest(path)) return []
  return importsOf(text)
    .filter((name) => name !== 'zod' && !name.startsWith('./'))
    .map((name) => `${path}: imports ${name}; contracts import nothing but zod`)
}

const RULES = [tooLong, readsEnvironment, importsClient, contractsStayPure]

/** One line per problem, each naming its file. */
export function sourceProblems(files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => isSource(path)).flatMap((file) => RULES.flatMap((rule) => rule(file)))
}

/** A lock file must not tie every install to the registry, or the mirror, of whoever wrote it. */
export function lockFileProblems(path: string, text: string): string[] {
  const hosts = new Set([...text.matchAll(/"resolved":\s*"(https?:\/\/[^/"]+)/g)].map((match) => match[1]))
  return [...hosts].map((host) => `${path}: names ${host}; write it with omit-lockfile-registry-resolved`)
}
