import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IPty } from '@lydell/node-pty'
import { expect } from 'chai'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import { spawnPty } from '../support/spawn-pty.ts'

const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?1049l'
// biome-ignore lint/suspicious/noControlCharactersInRegex: OSC 52
const COPIED = /\u001b\]52;c;([A-Za-z0-9+/=]+)\u0007/
const LINK = /http:\/\/127\.0\.0\.1:\d+\/#token=([\w-]{20,})/

/** The demo as somebody has it who types `shitops demo` at a terminal. */
describe('shitops demo at a terminal', function () {
  this.timeout(330_000)
  let home: string
  const running: IPty[] = []

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'shitops-demo-tty-'))
  })
  afterEach(async () => {
    for (const pty of running.splice(0)) {
      try {
        pty.kill('SIGKILL')
      } catch {
        // It has ended.
      }
    }
    await rm(home, { recursive: true, force: true })
  })

  function start(args: readonly string[]) {
    const env = cliEnv(home, { TERM: 'xterm-256color', CI: 'true', TMPDIR: home }) as Record<string, string>
    const pty = spawnPty(process.execPath, [CLI, 'demo', ...args], { cols: 100, rows: 30, cwd: home, env })
    running.push(pty)
    const seen = { written: '', code: undefined as number | undefined }
    pty.onData((text) => {
      seen.written += text
    })
    pty.onExit(({ exitCode }) => {
      seen.code = exitCode
    })
    const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
      const end = Date.now() + 300_000
      while (!(await holds())) {
        if (Date.now() > end) throw new Error(`still waiting: ${what}: ${JSON.stringify(seen.written.slice(-800))}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    return { pty, seen, until, ended: () => until('its end', () => seen.code !== undefined) }
  }

  /** What stands below the dashboard's screen when that was given back. */
  const afterwards = (written: string) => {
    expect(written.split(ENTER), 'entered once').to.have.length(2)
    expect(written.split(LEAVE), 'left once').to.have.length(2)
    expect(written.lastIndexOf('\u001b[?25h'), 'the cursor is there again').to.be.above(written.lastIndexOf('\u001b[?25l'))
    return written.slice(written.lastIndexOf(LEAVE))
  }
  const leftovers = async () => (await readdir(home)).filter((name) => name.startsWith('shitops-'))

  it('opens the dashboard and the page, goes on until q, and says then what was noticed', async () => {
    const { pty, seen, until, ended } = start(['--speed', '120', '--check'])
    await until('the address of the page', () => LINK.test(seen.written))
    const [link = '', token = ''] = LINK.exec(seen.written) ?? []
    await until('the dashboard', () => seen.written.includes(ENTER) && seen.written.includes('● LIVE'))
    expect(seen.written.slice(seen.written.indexOf(ENTER)), 'where it is seen').to.include(link)

    const page = await fetch(link)
    expect([page.status, await page.text()].join(' ')).to.match(/^200 .*<script type="module"/s)
    const api = new URL('/api/v1/alerts', link)
    expect((await fetch(api)).status).to.equal(401)
    const alerts = async () => {
      const answer = await fetch(api, { headers: { authorization: `Bearer ${token}` } })
      return ((await answer.json()) as { alerts: Array<{ status: string; alert_name: string; annotations: { summary?: string } }> }).alerts
    }
    // The second one comes when the first is long over.
    await until('an incident, its alert and its end', async () => {
      const told = await alerts()
      return told.length > 1 && told.some(({ status }) => status === 'resolved')
    })
    pty.write('2')
    await until('the alerts', () => seen.written.includes('[2 alerts'))
    pty.write('\r')
    await until('what explains one', () => seen.written.includes('Rests on'))
    expect(await leftovers()).to.have.length(1)
    // What is copied works in another terminal: it names the bus of this demo.
    pty.write('c')
    await until('the copy', () => COPIED.test(seen.written))
    const command = Buffer.from(COPIED.exec(seen.written)?.[1] ?? '', 'base64').toString()
    expect(command).to.match(/^shitops alert show [0-9a-f]{16} --bus embedded:\S+$/)
    const shown = await runCli(command.split(' ').slice(1))
    expect([shown.code, shown.stdout]).to.satisfy(([code, text]: [number, string]) => code === 0 && text.includes('History'))
    pty.write('q')
    await ended()
    const summary = afterwards(seen.written)
    expect(summary).to.match(/of office time in/)
    expect(summary).to.match(/([1-9]) of \1 incidents? detected, \d alerts?, 0 of them false: precision 1\.00, recall 1\.00/)
    expect(summary).to.include('headset_battery_low_in_call')
    expect(seen.code).to.equal(0)
    expect(await leftovers()).to.deep.equal([])
    expect(await fetch(link).catch(() => 'gone')).to.equal('gone')
  })

  it('ends with its summary and 130 at Ctrl-C', async () => {
    const { pty, seen, until, ended } = start([])
    await until('signals', () => / newest \d\d:\d\d/.test(seen.written) || / newest \d{4}-/.test(seen.written))
    pty.write('\u0003')
    await ended()
    expect(seen.code).to.equal(130)
    expect(afterwards(seen.written)).to.match(/incidents? detected/)
    expect(await leftovers()).to.deep.equal([])
  })

  it('gives the terminal back on SIGTERM, with 143 and its summary', async () => {
    const { pty, seen, until, ended } = start([])
    await until('the dashboard', () => seen.written.includes('● LIVE'))
    process.kill(pty.pid, 'SIGTERM')
    await ended()
    expect(seen.code).to.equal(143)
    expect(afterwards(seen.written)).to.match(/incidents? detected/)
    expect(await leftovers()).to.deep.equal([])
  })

  it('closes the dashboard when the time is over that was asked for', async () => {
    const { seen, ended } = start(['--incident', 'laptop-overload', '--duration', '5s', '--speed', '270'])
    await ended()
    expect(seen.code).to.equal(0)
    expect(seen.written).to.include('1 incident scripted')
    expect(afterwards(seen.written)).to.match(/laptop-overload {2}laptop-\S+ .* endpoint_overload/)
    expect(afterwards(seen.written)).to.include('1 of 1 incident detected, 1 alert, 0 of them false: precision 1.00, recall 1.00')
  })

  it('prints lines with --headless, and the page is where a port was asked for', async () => {
    const { pty, seen, until, ended } = start(['--headless', '--port', '0'])
    await until('signals', () => /gNMI on 127/.test(seen.written) && LINK.test(seen.written))
    const [link = ''] = LINK.exec(seen.written) ?? []
    expect((await fetch(link)).status).to.equal(200)
    pty.write('\u0003')
    await ended()
    expect(seen.code).to.equal(130)
    expect(seen.written).to.not.include(ENTER)
    expect(seen.written).to.match(/incidents? detected/)
  })
})
