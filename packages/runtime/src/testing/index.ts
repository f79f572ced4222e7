export { type ManualClock, manualClock } from './manual-clock.ts'
export { type WaitOptions, waitUntil } from './wait-until.ts'
