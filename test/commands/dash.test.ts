import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'

const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?1049l'

describe('shitops dash', function () {
  this.timeout(60_000)
  let home: string
  let url: string
  const running: IPty[] = []
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'shitops-dash-'))
    url = `embedded:${join(home, 'bus')}`
    const bus = await openBus(url)
    await bus.createTopic({ name: 'alerts', partitions: 1 })
    await bus.close()
  })
  afterEach(() => {
    for (const pty of running.splice(0)) {
      try {
        pty.kill('SIGKILL')
      } catch {
        // It has ended.
      }
    }
  })
  after(() => rm(home, { recursive: true, force: true }))

  /** The built command at a real terminal. */
  function start(args: readonly string[] = ['--bus', url]) {
    const env = cliEnv(home, { TERM: 'xterm-256color', CI: 'true' }) as Record<string, string>
    const pty = spawn(process.execPath, [CLI, 'dash', ...args], { cols: 90, rows: 26, cwd: home, env })
    running.push(pty)
    const seen = { written: '', exit: undefined as { exitCode: number; signal?: number | undefined } | undefined }
    pty.onData((text) => {
      seen.written += text
    })
    pty.onExit((exit) => {
      seen.exit = exit
    })
    const until = async (what: string, holds: () => boolean) => {
      const end = Date.now() + 25_000
      while (!holds()) {
        if (Date.now() > end) throw new Error(`still waiting: ${what}: ${JSON.stringify(seen.written.slice(-800))}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const restored = () => {
      expect(seen.written.split(ENTER).length, 'entered').to.equal(seen.written.split(LEAVE).length)
      expect(seen.written.lastIndexOf(LEAVE)).to.be.above(seen.written.lastIndexOf(ENTER))
      expect(seen.written.lastIndexOf('\u001b[?25h'), 'the cursor is there again').to.be.above(seen.written.lastIndexOf('\u001b[?25l'))
    }
    return { pty, seen, until, restored }
  }

  it('lives at a terminal, follows its size, and quits', async () => {
    const { pty, seen, until, restored } = start()
    await until('LIVE', () => seen.written.includes('LIVE'))
    pty.resize(50, 12)
    await until('too small', () => seen.written.includes('Too small: 50×12'))
    pty.resize(120, 40)
    pty.write('6')
    await until('topics', () => seen.written.includes('[6 topics]'))
    pty.write('q')
    await until('its end', () => seen.exit !== undefined)
    expect(seen.exit?.exitCode).to.equal(0)
    restored()
  })

  it('gives the terminal back on Ctrl-C, with 130', async () => {
    const { pty, seen, until, restored } = start()
    await until('LIVE', () => seen.written.includes('LIVE'))
    pty.write('\u0003')
    await until('its end', () => seen.exit !== undefined)
    expect(seen.exit?.exitCode).to.equal(130)
    restored()
  })

  it('gives the terminal back on SIGTERM, with 143', async () => {
    const { pty, seen, until, restored } = start()
    await until('LIVE', () => seen.written.includes('LIVE'))
    process.kill(pty.pid, 'SIGTERM')
    await until('its end', () => seen.exit !== undefined)
    expect(seen.exit?.exitCode).to.equal(143)
    restored()
    expect(seen.written.slice(seen.written.lastIndexOf(LEAVE))).to.not.include('ALERTS FIRING')
  })

  it('without a terminal says what to use instead', async () => {
    const { code, stderr } = await runCli(['dash', '--bus', url])
    expect(code).to.equal(2)
    expect(stderr).to.include('SHITOPS_E_DASH_TERMINAL').and.include('shitops tail alerts --output ndjson')
  })
})
