import { defineConfig } from 'vitest/config'

/** A test waits for real processes in the last two; a bound that is hit says what was waited for. */
const INTEGRATION_TIMEOUT_MS = 60_000
const E2E_TIMEOUT_MS = 300_000

/** How many files of the last two run side by side: they wait more than they work, and the machine may have two cores. */
const LANES = 2

export default defineConfig({
  test: {
    reporters: ['default', './tools/quality/src/sum-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps,tools}/*/src/**/*.test.{ts,tsx}'],
          testTimeout: 15_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{packages,apps,tools}/*/test/**/*.test.ts'],
          globalSetup: './tools/quality/src/integration-setup.ts',
          setupFiles: './tools/quality/src/lane-setup.ts',
          maxWorkers: LANES,
          sequence: { groupOrder: 1 },
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: './tools/quality/src/e2e-setup.ts',
          setupFiles: './tools/quality/src/lane-setup.ts',
          maxWorkers: LANES,
          sequence: { groupOrder: 2 },
          testTimeout: E2E_TIMEOUT_MS,
          hookTimeout: E2E_TIMEOUT_MS,
        },
      },
    ],
  },
})
