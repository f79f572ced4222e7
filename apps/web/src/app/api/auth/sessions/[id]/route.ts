import { others, routeTo } from '#server/route.ts'

export const DELETE = routeTo('endOwnSession')
export const { GET, POST, PUT, PATCH, OPTIONS } = others('DELETE')
