import { expect } from 'chai'
import { systemClock } from '../../src/base/clock.ts'
import { painter } from '../../src/tui/draw/paint.ts'
import { Store } from '../../src/tui/store.ts'
import { TestServer, TOKENS, until } from '../server/support/server.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { NOON, sampleWorld } from './support/sample.ts'
import { HeadlessTerminal, Keyboard } from './support/terminal.ts'

describe('tui: on a terminal', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const { CI } = process.env
  before(() => {
    // Where this says so, Ink writes its last frame alone; it looks when it is loaded.
    process.env.CI = 'false'
  })
  after(() => {
    if (CI === undefined) delete process.env.CI
    else process.env.CI = CI
  })

  it('shows the lines of the store, whatever Ink makes of them', async () => {
    const { renderToString } = await import('ink')
    const { default: React } = await import('react')
    const { Screen } = await import('../../src/tui/screen.ts')
    const store = new Store({
      ...{ world: await sampleWorld(), painter: painter(256), source: 'test', now: () => NOON, ticking: () => 0, onEffect() {} },
      size: () => ({ columns: 100, rows: 30 }),
    })
    const shown = renderToString(React.createElement(Screen, { store, input: false }), { columns: 100 })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: paint
    const plain = (text: string) => text.replaceAll(/\u001b\[[\d;]*m/g, '').trimEnd()
    expect(shown.split('\n').map(plain)).to.eql(store.frame().map(plain))
  })

  it('lives: snapshot, changes, keys, sizes, an acknowledgement, without a single clear, and gives the terminal back', async () => {
    const term = await HeadlessTerminal.open(100, 30)
    const test = await TestServer.start(dir())
    const keys = new Keyboard()
    const { dash } = await import('../../src/tui/dash.ts')
    await test.append('alerts', await test.example('alerts', { channel: 'operations' }))
    term.write('$ shitops dash\r\n')
    const running = dash({
      ...{ url: test.server.url, token: TOKENS.writer, source: 'test', colors: 256, clock: systemClock, directory: dir() },
      ...{ signal: new AbortController().signal, stdout: term, stdin: keys as unknown as NodeJS.ReadStream },
    })
    const shows = (text: string) =>
      until(text, async () => {
        await term.settled()
        return term.screen.join('\n').includes(text)
      })
    /** Also when it has gone by now: what was done is told for some seconds. */
    const said = (text: string) => until(text, () => term.written.includes(text))
    try {
      await shows('LIVE')
      await shows('Call quality at risk')
      expect([term.alternate, keys.raw]).to.eql([true, true])
      term.takeClears()
      keys.type('2')
      await shows('[2 alerts (1)]')
      for (let i = 0; i < 30; i++) {
        await test.append(
          'alerts',
          await test.example('alerts', { fingerprint: `00000000000000${10 + i}`, subject: `subject-${i}`, channel: 'operations' }),
        )
        if (i % 10 === 0) await shows(`subject-${i}`)
      }
      await shows('1 of 31')
      keys.type('/')
      keys.type('value.subject == "payables-2"')
      keys.type('\r')
      await shows('1 of 1 (31)')
      keys.type('a')
      // Its answer and the change come in either order, and the answer is shown for a while only.
      await said('You are on it.')
      await shows('firing, desk is')
      keys.type('c')
      await said('Copied: shitops alert show')
      keys.type('z')
      await shows('The same on a command line')
      keys.type('cabling')
      await shows('--comment cabling')
      keys.type('\r')
      keys.type('\r')
      await shows('firing, desk is on it, silenced')
      keys.type('\u001b')
      await shows('1 of 1 (31)')
      const answer = await test.fetch('/api/v1/silences', TOKENS.both)
      const { silences } = (await answer.json()) as { silences: Array<{ comment: string; author: string }> }
      expect(silences).to.have.length(1)
      expect(silences[0]).to.include({ comment: 'cabling', author: 'desk' })
      expect(term.takeClears(), 'full clears').to.equal(0)
      expect(term.scrolled).to.equal(0)
      for (const [columns, rows] of [
        [80, 24],
        [200, 60],
        [60, 16],
        [50, 12],
        [120, 40],
      ] as const) {
        term.resize(columns, rows)
        await shows(columns < 60 ? `Too small: ${columns}×${rows}` : '1 of 1 (31)')
        await until('one status line, on top, and nothing of the old size', async () => {
          await term.settled()
          const { screen } = term
          const first = columns < 60 ? 'shitops dash' : ' shitops ● LIVE'
          return screen[0]?.startsWith(first) === true && screen.filter((line) => line.includes(first)).length === 1 && screen.at(-1) === ''
        })
      }
      keys.type('q')
      expect((await running).code).to.equal(0)
      await term.settled()
      expect([term.alternate, keys.raw, term.screen[0], term.screen[1]]).to.eql([false, false, '$ shitops dash', ''])
    } finally {
      keys.type('\u0003')
      await running.catch(() => {})
      await test.close()
    }
  })

  it('says that the server is gone, and comes back with it', async () => {
    const term = await HeadlessTerminal.open(100, 30)
    let test = await TestServer.start(dir())
    const { port } = test.server
    const keys = new Keyboard()
    const { dash } = await import('../../src/tui/dash.ts')
    const running = dash({
      ...{ url: test.server.url, token: TOKENS.both, source: 'test', colors: 0, clock: systemClock, directory: dir() },
      ...{ signal: new AbortController().signal, stdout: term, stdin: keys as unknown as NodeJS.ReadStream },
    })
    const shows = (text: string) =>
      until(text, async () => {
        await term.settled()
        return term.screen.join('\n').includes(text)
      })
    try {
      await shows('● LIVE')
      await test.close()
      await shows('DISCONNECTED')
      test = await TestServer.start(dir(), { port })
      await shows('● LIVE')
      keys.type('\u0003')
      expect((await running).code).to.equal(130)
    } finally {
      keys.type('\u0003')
      await running.catch(() => {})
      await test.close()
    }
  })

  it('ends with the reason when the token is not taken', async () => {
    const term = await HeadlessTerminal.open(100, 30)
    const test = await TestServer.start(dir())
    const { dash } = await import('../../src/tui/dash.ts')
    const failed = await dash({
      ...{ url: test.server.url, token: 'nobody-knows-this-one', source: 'here', colors: 0, clock: systemClock, directory: dir() },
      ...{ signal: new AbortController().signal, stdout: term, stdin: new Keyboard() as unknown as NodeJS.ReadStream },
    }).catch((error: unknown) => error)
    expect(failed).to.have.property('code', 'SHITOPS_E_SERVE_AUTH')
    expect(String(failed)).to.not.include('nobody-knows')
    await term.settled()
    expect(term.alternate).to.equal(false)
    await test.close()
  })
})
