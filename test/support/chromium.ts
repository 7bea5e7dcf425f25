import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [process.env.SHITOPS_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a Chromium is; a test without one skips, unless `SHITOPS_REQUIRE_CHROMIUM` is set. */
export function chromiumPath(): string | undefined {
  const path = PLACES.find((each) => each !== undefined && existsSync(each))
  if (path === undefined && process.env.SHITOPS_REQUIRE_CHROMIUM) throw new Error('no Chromium: apt-get install chromium')
  return path
}

export function launchChromium(executablePath: string): Promise<Browser> {
  // Without its sandbox: tests often run as root, where it cannot be.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
