import { routeTo } from '#server/route.ts'

export const DELETE = routeTo('endOwnSession')
