import { defineConfig } from 'drizzle-kit'

/** For `drizzle-kit generate` alone: the migrations are applied by src/world/migrate.ts. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/world/schema.ts',
  out: './src/world/migrations',
})
