import { others, routeTo } from '#server/route.ts'

export const GET = routeTo('divergence')
export const { POST, PUT, PATCH, DELETE, OPTIONS } = others('GET')
