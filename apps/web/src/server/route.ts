import { consoleProcess, type RouteName } from './console-process.ts'

type Context = { params: Promise<Readonly<Record<string, string>>> }

/** What a route of Next exports: the handler of that name, in the part of this process that Next does not bundle. */
export const routeTo =
  (name: RouteName) =>
  async (request: Request, { params }: Context): Promise<Response> => {
    const route = consoleProcess()?.routes[name]
    return route === undefined ? new Response(null, { status: 503 }) : route(request, await params)
  }
