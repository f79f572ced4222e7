import { providePrograms } from '@holdfast/stack'

/** What games and browsers need is installed before the first test: none has to count that into its time. */
export default async function setUp(): Promise<void> {
  await providePrograms(['redis', 'java', 'chromium'], (line) => process.stdout.write(`· ${line}\n`))
}
