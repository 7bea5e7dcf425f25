/**
 * `npm run docs:pictures`: docs/images/dash-*.png, the dashboard at two sizes, as it stands at a real terminal beside a running demo. Needs Chromium and
 * the built CLI. What is in the pictures is the demo's day of seed 1, so they differ a little from run to run.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumPath, launchChromium } from '../../support/chromium.ts'
import { CLI, cliEnv } from '../../support/cli.ts'
import { PtyTerminal } from '../../support/pty-terminal.ts'
import { pageOf } from './picture.ts'

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url))
const SIZES = [
  [80, 24],
  [200, 60],
] as const
const MOST_BYTES = 150_000
const WAIT = 240_000

const path = chromiumPath()
if (path === undefined) throw new Error('no Chromium here: apt-get install chromium')
const home = await mkdtemp(join(tmpdir(), 'shitops-pictures-'))
const bus = `embedded:${join(home, 'bus')}`
const env = cliEnv(home, { TERM: 'xterm-256color' }) as Record<string, string>
const demo = spawn(process.execPath, [CLI, 'demo', '--bus', bus, '--headless', '--seed', '1', '--duration', '180s'], {
  ...{ cwd: home, env, stdio: 'ignore' },
})
const browser = await launchChromium(path)
const terminals: PtyTerminal[] = []
try {
  const page = await browser.newPage({ deviceScaleFactor: 1 })
  const take = async (terminal: PtyTerminal, name: string) => {
    await page.setContent(pageOf(terminal.term, name))
    const file = join(IMAGES, `dash-${name}-${terminal.term.cols}x${terminal.term.rows}.png`)
    await page.locator('main').screenshot({ path: file })
    const { size } = await stat(file)
    console.log(`${file}: ${size} bytes`)
    if (size > MOST_BYTES) throw new Error(`${file} is larger than ${MOST_BYTES} bytes`)
  }
  // A bus has to be there before somebody looks at it.
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  for (const [columns, rows] of SIZES) {
    const args = [CLI, 'dash', '--bus', bus, '--min-count', '2', '--utc']
    terminals.push(await PtyTerminal.spawn(process.execPath, args, { columns, rows, cwd: home, env }))
  }
  for (const terminal of terminals) {
    await terminal.until('an alert that fires', () => /(critical|warning) +firing/.test(terminal.screen), WAIT)
    // With a little of history behind it.
    const begin = Date.now()
    await terminal.until('some history', () => Date.now() - begin > 15_000, WAIT)
    await take(terminal, 'overview')
    terminal.type('2\r')
    await terminal.shows('Rests on')
    await take(terminal, 'alert')
    if (terminal.term.cols > 100) {
      terminal.type('4')
      await terminal.shows('[4 network]')
      await terminal.until('a chart', () => terminal.screen.includes('│'))
      await take(terminal, 'network')
    }
    terminal.type('q')
    await terminal.until('its end', () => terminal.exit !== undefined)
  }
} finally {
  for (const terminal of terminals) terminal.kill()
  await browser.close()
  demo.kill('SIGKILL')
  await rm(home, { recursive: true, force: true })
}
