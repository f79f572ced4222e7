import { routeTo } from '#server/route.ts'

export const POST = routeTo('stopCommand')
