import { others, routeTo } from '#server/route.ts'

export const POST = routeTo('signOut')
export const { GET, PUT, PATCH, DELETE, OPTIONS } = others('POST')
