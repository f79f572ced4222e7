import { routeTo } from '#server/route.ts'

export const GET = routeTo('trend')
