import { others, routeTo } from '#server/route.ts'

export const POST = routeTo('stopCommand')
export const { GET, PUT, PATCH, DELETE, OPTIONS } = others('POST')
