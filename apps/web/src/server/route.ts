import { consoleProcess, type RouteName } from './console-process.ts'
import { problem } from './problem.ts'

type Params = Readonly<Record<string, string>>
type Context = { params: Promise<Params> }
type Method = 'GET' | 'POST' | 'DELETE'

async function answer(name: RouteName, request: Request, params: Params): Promise<Response> {
  const route = consoleProcess()?.routes[name]
  if (route !== undefined) return route(request, params)
  return problem(crypto.randomUUID(), 'unavailable', { part: 'console', detail: 'The console is starting.' })
}

/** What a route of Next exports: the handler of that name, in the part of this process that Next does not bundle. */
export const routeTo =
  (name: RouteName) =>
  async (request: Request, { params }: Context): Promise<Response> =>
    answer(name, request, await params)

/** What a route exports beside its own method: Next would refuse the others without a word. */
export function others(method: Method) {
  const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : `${method}, OPTIONS`
  const options = (): Response => new Response(null, { status: 204, headers: { allow } })
  return { ...everyMethod((request) => answer('notAllowed', request, { allow })), OPTIONS: options }
}

/** For every address of the API that there is not: Next would answer by a page. */
export const nowhere = () => everyMethod((request) => answer('notFound', request, {}))

function everyMethod(handler: (request: Request) => Promise<Response>) {
  return { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler, OPTIONS: handler }
}
