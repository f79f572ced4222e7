import { programPath, providePrograms } from '@holdfast/stack'
import { type Browser, chromium } from 'playwright-core'

/** Nothing in the background: no call home, no first-run page, no component that updates itself. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real Chromium with an empty profile: the machine's own, installed from Debian's packages where that is allowed. */
export async function openChromium(): Promise<Browser> {
  await providePrograms(['chromium'], (line) => process.stdout.write(`· ${line}\n`))
  return chromium.launch({ executablePath: programPath('chromium'), args: ARGUMENTS, headless: true })
}
