import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Alert } from '../../src/events/alerts.ts'
import { examplesOf } from '../../src/events/index.ts'
import { byUrgency } from '../../src/live/model/alert-order.ts'
import { painter } from '../../src/tui/draw/paint.ts'
import { cells } from '../../src/tui/draw/text.ts'
import { drawFrame, type Shown, type Size } from '../../src/tui/frame.ts'
import { firstUi, silenceForm, type Ui, withList } from '../../src/tui/ui.ts'
import { alertList } from '../../src/tui/views/alert-list.ts'
import { VIEW_NAMES } from '../../src/tui/views/view.ts'
import { World } from '../../src/tui/world.ts'
import { change, delta, NOON, sampleWorld, snapshot } from './support/sample.ts'

const PLAIN = painter(0)
/** Without colour no escape remains but bold, dim and reverse. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what paint adds
const unpainted = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\u001b\[[\d;]*m/g, '').trimEnd()).join('\n')
const shownOf = (world: World, more: Partial<Shown> = {}): Shown => ({
  ...{ world, live: world, paused: false, source: 'ws://127.0.0.1:7468', now: NOON + 2_000, at: NOON + 2_000 },
  ...more,
})

describe('tui: frames', () => {
  const zone = process.env.TZ
  let world: World
  before(async () => {
    process.env.TZ = 'UTC'
    world = await sampleWorld()
  })
  after(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  /** Compares with the picture that was looked at; `UPDATE_FRAMES=1` takes new ones, to be looked at. */
  async function golden(name: string, ui: Ui, size: Size, shown = shownOf(world)): Promise<void> {
    const file = new URL(`frames/${name}-${size.columns}x${size.rows}.txt`, import.meta.url)
    const picture = `${unpainted(drawFrame(shown, ui, size, PLAIN))}\n`
    if (process.env.UPDATE_FRAMES) {
      await mkdir(new URL('.', file), { recursive: true })
      await writeFile(file, picture)
    }
    expect(picture).to.equal(await readFile(file, 'utf8'))
  }

  const SIZES: readonly Size[] = [
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 200, rows: 60 },
  ]
  for (const size of SIZES) {
    for (const view of VIEW_NAMES)
      it(`${view} at ${size.columns}×${size.rows}`, () =>
        golden(view, withList({ ...firstUi, view }, view === 'network' ? { key: 'access-1' } : {}), size))
    it(`an alert explained at ${size.columns}×${size.rows}`, () =>
      golden('detail', { ...firstUi, view: 'alerts', layer: { kind: 'detail', key: '4d2f9c07a1b3e586', top: 0 } }, size))
    it(`a silence at ${size.columns}×${size.rows}`, () => {
      const form = { ...silenceForm('4d2f9c07a1b3e586', { alertname: 'link_down', site: 'hq, floor 2' }), comment: 'cabling' }
      return golden('silence', { ...firstUi, view: 'alerts', layer: { kind: 'silence', form, under: undefined } }, size)
    })
    it(`the keys at ${size.columns}×${size.rows}`, () => golden('help', { ...firstUi, layer: { kind: 'help', top: 0 } }, size))
  }

  const screen = (shown: Shown, ui: Ui = firstUi) => unpainted(drawFrame(shown, ui, { columns: 100, rows: 24 }, PLAIN))

  it('says how things stand: connecting, loading, gone, silent, over', async () => {
    const empty = new World()
    empty.link('finance', { state: 'connecting', why: 'ws://x' })
    expect(screen(shownOf(empty)))
      .to.include('CONNECTING')
      .and.include('heard nothing yet')
    empty.link('finance', { state: 'live', why: '' })
    empty.heard(NOON)
    expect(screen(shownOf(empty)))
      .to.include('LOADING')
      .and.include('0 changes so far')
    const other = await sampleWorld()
    other.link('operations', { state: 'stale', why: 'close code 1006' })
    expect(screen(shownOf(other)))
      .to.include('DISCONNECTED')
      .and.include('close code 1006')
      .and.include('was true before')
    other.link('operations', { state: 'live', why: '' })
    expect(screen(shownOf(other, { now: NOON + 30_000 })))
      .to.include('STALE')
      .and.include('heard 30 s ago')
    other.link('operations', { state: 'ended', why: 'the token is not known' })
    expect(screen(shownOf(other)))
      .to.include('ENDED')
      .and.include('the token is not known')
  })

  it('says why a view is empty', () => {
    const empty = new World()
    empty.loading = undefined
    empty.heard(NOON)
    empty.link('finance', { state: 'live', why: '' })
    expect(screen(shownOf(empty), { ...firstUi, view: 'alerts' })).to.include('No alert.')
    expect(screen(shownOf(empty), { ...firstUi, view: 'people' })).to.include('does not open the channel finance')
    expect(screen(shownOf(world), withList({ ...firstUi, view: 'alerts' }, { filter: 'nowhere' }))).to.include(
      'None of 3 rows fits the filter',
    )
  })

  it('shows a standstill, and how much has come since', async () => {
    const live = await sampleWorld()
    const still = live.copy()
    const before = live.changes
    live.take('finance', { type: 'delta', id: '', ts: '', data: { channel: 'finance', changes: [] } }, NOON + 5_000)
    expect(live.changes).to.equal(before)
    expect(screen(shownOf(still, { live, paused: true }))).to.include('PAUSED, 0 new')
  })

  it('filters in the language of tail, or by words', () => {
    const rows = (filter: string) => screen(shownOf(world), withList({ ...firstUi, view: 'alerts' }, { filter }))
    expect(rows('value.severity == "critical"')).to.include('1 of 1 (3)')
    expect(rows('core uplink')).to.include('1 of 1 (3)').and.include('Link down')
    expect(rows('value.observed > 0.5 and topic == "alerts"')).to.include('1 of 1 (3)')
  })

  it('tells nothing of a team that is too small', () => {
    const picture = screen(shownOf(world), { ...firstUi, view: 'people' })
    expect(picture).to.match(/treasury +– +– +– +– +fewer than 5/)
  })

  it('shows what can be shown of records that lack everything, and counts them', () => {
    const topics = [
      'alerts',
      'alert_log',
      'alert_acks',
      'alert_inhibitions',
      'alert_silences',
      'insights',
      'workflow_events',
      'device_metrics',
      'teams',
      'topics',
    ]
    const named = ['event_time', 'fingerprint', 'alert_name', 'status', 'severity', 'subject', 'labels', 'active_at', 'evidence', 'unit']
    const more = ['observed', 'expected_low', 'annotations', 'team', 'enrolled', 'case_id', 'activity', 'target', 'metric', 'value', 'lag']
    const value = fc.dictionary(
      fc.constantFrom(...named, ...more),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('firing', 'critical')),
    )
    const record = fc.record({ topic: fc.constantFrom(...topics, 'groups', 'librenms_devices'), value, time: fc.string() })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const odd = new World()
        odd.link('operations', { state: 'live', why: '' })
        const changes = records.map(({ topic, value, time }) => ({ ...change(topic, 'k', value), time }))
        for (const channel of ['finance', 'operations'] as const) odd.take(channel, snapshot(channel, ...changes), NOON)
        for (const view of VIEW_NAMES) {
          for (const layer of [undefined, { kind: 'detail', key: 'k', top: 0 }] as const)
            expect(drawFrame(shownOf(odd), { ...firstUi, view, layer }, { columns: 200, rows: 60 }, PLAIN)).to.have.length(59)
        }
      }),
      { numRuns: 50 },
    )
    const odd = new World()
    odd.link('operations', { state: 'live', why: '' })
    odd.take('operations', snapshot('operations', change('alerts', 'k', { status: 'firing' })), NOON)
    expect(screen(shownOf(odd))).to.include('unreadable 1')
  })

  it('says which alert hides another', async () => {
    const live = await sampleWorld()
    const [hidden, by] = ['4d2f9c07a1b3e586', 'aa00bb11cc22dd33']
    const { active_at } = live.modelOf(hidden)?.alerts.get(hidden) ?? {}
    live.take('operations', delta('operations', change('alert_inhibitions', hidden, { active_at, inhibited_by: [by] })), NOON)
    expect(screen(shownOf(live), { ...firstUi, view: 'alerts' })).to.match(/firing, hidden +Call quality at risk/)
    const detail = { kind: 'detail', key: hidden, top: 0 } as const
    expect(screen(shownOf(live), { ...firstUi, view: 'alerts', layer: detail })).to.include(
      'Nobody is told, because this fires: Link down core-1 (aa00bb11cc22dd33)',
    )
  })

  it('names the bus in every command, where one without it reaches another', async () => {
    const live = await sampleWorld()
    live.bus = 'embedded:/tmp/demo/bus'
    const wide = (ui: Ui) => unpainted(drawFrame(shownOf(live), ui, { columns: 200, rows: 60 }, PLAIN))
    const detail = { kind: 'detail', key: '4d2f9c07a1b3e586', top: 0 } as const
    const form = silenceForm('f', { alertname: 'x' })
    const layers: ReadonlyArray<[Ui['view'], Ui['layer']]> = [
      ['alerts', detail],
      ['alerts', { kind: 'silence', form, under: undefined }],
      ['topics', { ...detail, key: 'topic alerts' }],
    ]
    for (const [view, layer] of layers) {
      const commands = wide({ ...firstUi, view, layer })
        .split('\n')
        .filter((line) => line.includes('$ shitops'))
      expect(commands, view).to.not.have.length(0)
      for (const command of commands) expect(command).to.match(/ --bus embedded:\/tmp\/demo\/bus$/)
    }
  })

  it('says how many alerts are not shown because of it', async () => {
    const live = await sampleWorld()
    const value = { alerts: 2, firing: 1, min_count: 5 }
    const change = { topic: 'withheld', partition: 0, offset: -1, key: 'alerts', time: new Date(NOON).toISOString(), value }
    live.take('finance', { type: 'delta', id: '', ts: '', data: { channel: 'finance', changes: [change] } }, NOON)
    expect(screen(shownOf(live), { ...firstUi, view: 'overview' })).to.include('1 not shown')
  })

  it('makes the rows of alerts that are seen, however many there are, and looks at all of them only when one has changed', async () => {
    const { full: alert } = await examplesOf('alerts')
    const { full: sample } = await examplesOf('device_metrics')
    const size = { columns: 120, rows: 24 }
    /** Rows made, and times that an alert was put in its place, in ten frames between which other things change. */
    const cost = (alerts: number, view: 'alerts' | 'overview', layer?: Ui['layer']) => {
      const many = new World()
      const put = (i: number) => {
        const fingerprint = i.toString(16).padStart(16, '0')
        return change('alerts', fingerprint, { ...alert, fingerprint, subject: `access-${i}`, status: i % 4 === 3 ? 'resolved' : 'firing' })
      }
      many.take('operations', snapshot('operations', ...Array.from({ length: alerts }, (_, i) => put(i))), NOON)
      const model = many.operations
      if (!model) throw new Error('no model')
      let made = 0
      const stands = model.stands.bind(model)
      model.stands = (of) => {
        made++
        return stands(of)
      }
      const ui = withList({ ...firstUi, view, layer }, { key: (alerts >> 1).toString(16).padStart(16, '0') })
      const draw = (now: number) => drawFrame(shownOf(many, { now, at: now }), ui, size, PLAIN)
      const first = draw(NOON)
      const list = alertList(many)
      made = 0
      for (let i = 1; i <= 10; i++) {
        many.take('operations', delta('operations', change('device_metrics', 'd', sample, i)), NOON + i)
        expect(draw(NOON)).to.have.length(first.length)
      }
      expect(alertList(many), 'the list').to.equal(list)
      const frames = made
      many.take('operations', delta('operations', put(alerts)), NOON)
      expect(alertList(many).items).to.have.length(alerts + 1)
      // Those that have not changed keep what was made of them.
      expect(alertList(many).items.filter((item) => !list.items.includes(item))).to.have.length(1)
      return frames
    }
    for (const view of ['alerts', 'overview'] as const) {
      expect(cost(40, view), view).to.be.within(10, 10 * size.rows)
      expect(cost(4_000, view), view).to.equal(cost(40, view))
    }
    const detail = { kind: 'detail', key: '0000000000000001', top: 0 } as const
    expect(cost(4_000, 'alerts', detail)).to.equal(cost(40, 'alerts', detail))
  })

  it('orders alerts as everywhere, and tells how long they last as time goes on', async () => {
    const { full: alert } = await examplesOf('alerts')
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            fingerprint: fc.stringMatching(/^[0-9a-f]{4}$/),
            status: fc.constantFrom('firing', 'pending', 'resolved'),
            severity: fc.constantFrom('critical', 'warning', 'info'),
            active_at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
          }),
          { selector: ({ fingerprint }) => fingerprint, maxLength: 20 },
        ),
        (some) => {
          const all = some.map((fields) => ({ ...alert, ...fields }) as Alert)
          const ordered = new World()
          ordered.take('operations', snapshot('operations', ...all.map((each) => change('alerts', each.fingerprint, each))), NOON)
          expect(alertList(ordered).items.map(({ key }) => key)).to.eql(all.sort(byUrgency).map(({ fingerprint }) => fingerprint))
        },
      ),
    )
    const one = await sampleWorld()
    const lasts = (now: number) => screen(shownOf(one, { now, at: now }), { ...firstUi, view: 'alerts' })
    expect(lasts(NOON + 2_000)).to.match(/core-1 +30 min/)
    expect(lasts(NOON + 3_602_000)).to.match(/core-1 +90 min|core-1 +1\.5 h/)
  })

  it('says that a terminal is too small', () => {
    const lines = drawFrame(shownOf(world), firstUi, { columns: 59, rows: 24 }, PLAIN)
    expect(unpainted(lines)).to.include('Too small: 59×24, needs 60×16')
  })

  it('is one line lower than the terminal and exactly as wide, at any size, in any view', () => {
    const layers: ReadonlyArray<Ui['layer']> = [
      undefined,
      { kind: 'help', top: 3 },
      { kind: 'detail', key: '4d2f9c07a1b3e586', top: 100 },
      { kind: 'detail', key: 'gone', top: 0 },
      { kind: 'palette', text: 'al' },
      { kind: 'filter', text: 'value.', before: '' },
      { kind: 'silence', form: silenceForm('f', { a: 'b' }), under: undefined },
    ]
    const any = fc.record({ columns: fc.integer({ min: 1, max: 210 }), rows: fc.integer({ min: 1, max: 70 }) })
    fc.assert(
      fc.property(any, fc.constantFrom(...VIEW_NAMES), fc.constantFrom(...layers), (size, view, layer) => {
        const lines = drawFrame(shownOf(world), { ...firstUi, view, layer }, size, PLAIN)
        expect(lines).to.have.length(Math.max(1, size.rows - 1))
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what paint adds
        for (const line of lines) expect(cells(line.replaceAll(/\u001b\[[\d;]*m/g, ''))).to.equal(size.columns)
      }),
      { numRuns: 150 },
    )
  })
})
