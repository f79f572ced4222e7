import { others, routeTo } from '#server/route.ts'

export const GET = routeTo('events')
export const { POST, PUT, PATCH, DELETE, OPTIONS } = others('GET')
