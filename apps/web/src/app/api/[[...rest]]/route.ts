import { nowhere } from '#server/route.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = nowhere()
