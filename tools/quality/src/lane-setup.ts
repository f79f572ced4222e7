/**
 * Runs before each test file of a project whose files run side by side. Each lane takes its ports from a range of its own, so that
 * no two stacks that start at the same moment draw the same one.
 */

const LOWEST_PORT = 20_000
const PORTS_OF_A_LANE = 4_000

const lane = Number(process.env.VITEST_POOL_ID)
const from = LOWEST_PORT + (lane - 1) * PORTS_OF_A_LANE
process.env.HOLDFAST_FREE_PORTS = `${from}-${from + PORTS_OF_A_LANE}`
