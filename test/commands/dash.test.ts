import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { createMissing } from '../../src/bus/ops/create-missing.ts'
import { examplesOf, toRecord } from '../../src/events/index.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import { PtyTerminal } from '../support/pty-terminal.ts'

const CRASH = new URL('../tui/support/crash.mjs', import.meta.url).href

describe('shitops dash', function () {
  this.timeout(120_000)
  let home: string
  let url: string
  const running: PtyTerminal[] = []
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'shitops-dash-'))
    url = `embedded:${join(home, 'bus')}`
    const bus = await openBus(url)
    await bus.createTopic({ name: 'alerts', partitions: 1 })
    await bus.close()
  })
  afterEach(() => {
    for (const terminal of running.splice(0)) terminal.kill()
  })
  after(() => rm(home, { recursive: true, force: true }))

  const environment = (more: Record<string, string> = {}) => {
    // CI, as where tests run: Ink would draw nothing but its last frame.
    return cliEnv(home, { TERM: 'xterm-256color', CI: 'true', ...more }) as Record<string, string>
  }

  /** The built command at a real terminal. */
  async function start(args: readonly string[] = ['--bus', url], more: Record<string, string> = {}): Promise<PtyTerminal> {
    const options = { columns: 90, rows: 26, cwd: home, env: environment(more) }
    const terminal = await PtyTerminal.spawn(process.execPath, [CLI, 'dash', ...args], options)
    running.push(terminal)
    return terminal
  }

  /** A shell with job control at a real terminal, and the built command typed into it. */
  async function startInShell(more: Record<string, string> = {}): Promise<PtyTerminal> {
    const env = environment({ PS1: 'ready$ ', BASH_SILENCE_DEPRECATION_WARNING: '1', ...more })
    const terminal = await PtyTerminal.spawn('bash', ['--norc', '--noprofile', '-i'], { columns: 90, rows: 26, cwd: home, env })
    running.push(terminal)
    await terminal.shows('ready$')
    terminal.type(`'${process.execPath}' '${CLI}' dash --bus '${url}'\r`)
    await terminal.shows('● LIVE')
    return terminal
  }

  /** The shell's own screen again, with a keyboard that echoes. */
  async function inShell(terminal: PtyTerminal): Promise<void> {
    await terminal.until('the prompt on the screen of the shell', () => !terminal.alternate && /ready\$ $/.test(lastLine(terminal)))
    terminal.type("stty -a | grep -cE '(^| )icanon.*( )echo( |;|$)|[^-]echo .*'; echo code-was $?\r")
    await terminal.until('a line is read again', () => /^code-was 0$/m.test(terminal.screen))
  }
  const lastLine = ({ term, lines }: PtyTerminal) => `${lines[term.buffer.active.cursorY]} `.replace(/ +$/, ' ')

  const restored = (terminal: PtyTerminal) => {
    const [taken, given] = terminal.takenAndGiven
    expect(taken, 'taken').to.be.above(0)
    expect(given, 'given back').to.equal(taken)
    expect(terminal.alternate).to.equal(false)
    const { written } = terminal
    expect(written.lastIndexOf('\u001b[?25h'), 'the cursor is there again').to.be.above(written.lastIndexOf('\u001b[?25l'))
  }
  const ends = (terminal: PtyTerminal) => terminal.until('its end', () => terminal.exit !== undefined)

  it('lives at a terminal, follows its size, and quits', async () => {
    const terminal = await start()
    await terminal.shows('● LIVE')
    terminal.resize(50, 12)
    await terminal.shows('Too small: 50×12')
    terminal.resize(120, 40)
    terminal.type('6')
    await terminal.shows('[6 topics]')
    for (const [columns, rows] of [
      [200, 60],
      [80, 24],
    ] as const) {
      terminal.resize(columns, rows)
      await terminal.until(`one frame at ${columns}×${rows}`, () => {
        const { lines } = terminal
        return lines[0]?.startsWith(' shitops ● LIVE') === true && lines[rows - 2]?.includes('? help') === true && lines.at(-1) === ''
      })
      expect(terminal.lines.filter((line) => line.includes('[6 topics]'))).to.have.length(1)
    }
    terminal.type('q')
    await ends(terminal)
    expect(terminal.exit?.exitCode).to.equal(0)
    restored(terminal)
  })

  it('gives the terminal back on Ctrl-C, with 130', async () => {
    const terminal = await start()
    await terminal.shows('● LIVE')
    terminal.type('\u0003')
    await ends(terminal)
    expect(terminal.exit?.exitCode).to.equal(130)
    restored(terminal)
  })

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const) {
    it(`gives the terminal back on ${signal}, with ${code}`, async () => {
      const terminal = await start()
      await terminal.shows('● LIVE')
      process.kill(terminal.pty.pid, signal)
      await ends(terminal)
      expect(terminal.exit?.exitCode).to.equal(code)
      restored(terminal)
      expect(terminal.screen).to.not.include('ALERTS FIRING')
    })
  }

  it('goes to the shell on Ctrl-Z, and comes back with fg', async function () {
    if (process.platform !== 'linux') this.skip()
    const terminal = await startInShell()
    for (let round = 0; round < 2; round++) {
      terminal.type('\u001a')
      await inShell(terminal)
      terminal.type('fg\r')
      await terminal.until('it is back', () => terminal.alternate && terminal.lines[0]?.startsWith(' shitops ● LIVE') === true)
      terminal.type('6')
      await terminal.shows('[6 topics]')
      terminal.type('1')
      await terminal.shows('[1 overview]')
    }
    terminal.type('q')
    await inShell(terminal)
    restored(terminal)
  })

  it('gives the terminal back on a stop from elsewhere, and repairs it after one that cannot be seen coming', async function () {
    if (process.platform !== 'linux') this.skip()
    const terminal = await startInShell()
    const { child } = terminal
    process.kill(child, 'SIGTSTP')
    await inShell(terminal)
    terminal.type('clear; fg\r')
    await terminal.until('it is back', () => terminal.alternate && terminal.lines[0]?.startsWith(' shitops ● LIVE') === true)
    process.kill(child, 'SIGSTOP')
    await terminal.shows('Stopped')
    terminal.type('fg\r')
    await terminal.until('nothing of the shell is left', () => !/Stopped|fg$/m.test(terminal.screen) && terminal.screen.includes('● LIVE'))
    // Every key counts at once, as it does not in a line that is being edited.
    terminal.type('6')
    await terminal.shows('[6 topics]')
    terminal.type('q')
    await inShell(terminal)
    restored(terminal)
  })

  it('goes on where no shell is there to go to', async () => {
    const terminal = await start()
    await terminal.shows('● LIVE')
    terminal.type('\u001a')
    await terminal.until('it was away and is back', () => terminal.takenAndGiven[0] === 2 && terminal.alternate)
    terminal.type('6')
    await terminal.shows('[6 topics]')
    terminal.type('q')
    await ends(terminal)
    restored(terminal)
  })

  for (const kind of ['exception', 'rejection']) {
    it(`gives the terminal back when it crashes: ${kind}, and the reason stays on the screen`, async function () {
      if (process.platform !== 'linux') this.skip()
      const terminal = await startInShell({ NODE_OPTIONS: `--import ${CRASH}`, CRASH: kind })
      process.kill(terminal.child, 'SIGUSR2')
      await terminal.until('the prompt', () => !terminal.alternate && /ready\$ $/.test(lastLine(terminal)))
      expect(terminal.screen).to.include('crashed on purpose').and.not.include('ALERTS FIRING')
      await inShell(terminal)
      restored(terminal)
    })
  }

  it('ends with its terminal', async () => {
    const terminal = await start()
    await terminal.shows('● LIVE')
    const { pid } = terminal.pty
    // As when a window is closed: the kernel says so to whoever runs in it.
    ;(terminal.pty as unknown as { destroy(): void }).destroy()
    const alive = () => {
      try {
        process.kill(pid, 0)
        return true
      } catch {
        return false
      }
    }
    await terminal.until('the process is gone', () => !alive())
  })

  it('shows times in UTC where it is asked to, and a record that lacks everything takes nothing from the others', async () => {
    const bus = await openBus(url)
    const event_time = new Date().toISOString()
    const { full } = await examplesOf('alerts')
    const record = (key: string, value: object) => ({ key, value: Buffer.from(JSON.stringify(value)), timestamp: Date.parse(event_time) })
    await bus.append('alerts', [record('odd', { event_time }), record(full.fingerprint, { ...full, event_time, subject: 'payables-2' })])
    await bus.close()
    const terminal = await start(['--bus', url, '--utc'], { TZ: 'America/New_York' })
    await terminal.shows(`newest ${event_time.slice(11, 19)} UTC`)
    await terminal.shows('payables-2')
    await terminal.shows('unreadable 1')
    terminal.type('q')
    await ends(terminal)
  })

  it('tells of teams what the threshold allows: that of the flag, of the configuration, or five', async () => {
    const bus = await openBus(url)
    const { full } = await examplesOf('device_presence')
    const event_time = new Date().toISOString()
    await createMissing(bus, ['device_presence'])
    await bus.append(
      'device_presence',
      [1, 2, 3].map((n) =>
        toRecord(
          'device_presence',
          { ...full, event_time, device: `hs_000000000000000${n}`, person: `p${n}`, team: 'payables', kind: 'arrived' },
          { source: '/test' },
        ),
      ),
    )
    await bus.close()
    await writeFile(join(home, 'three.yaml'), 'serve:\n  minCount: 3\n')
    for (const [args, shown] of [
      [[], 'fewer than 5'],
      [['--config', 'three.yaml'], 'FFF'],
      [['--config', 'three.yaml', '--min-count', '4'], 'fewer than 4'],
    ] as const) {
      const terminal = await start(['--bus', url, ...args])
      await terminal.shows('● LIVE')
      terminal.type('3')
      await terminal.shows('payables')
      await terminal.shows(shown)
      terminal.type('q')
      await ends(terminal)
    }
  })

  it('without a terminal says what to use instead', async () => {
    const { code, stderr } = await runCli(['dash', '--bus', url])
    expect(code).to.equal(2)
    expect(stderr).to.include('SHITOPS_E_DASH_TERMINAL').and.include(`shitops tail --bus ${url} alerts --output ndjson`)
  })
})
