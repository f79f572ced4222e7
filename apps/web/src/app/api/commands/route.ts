import { others, routeTo } from '#server/route.ts'

export const POST = routeTo('submitCommand')
export const { GET, PUT, PATCH, DELETE, OPTIONS } = others('POST')
