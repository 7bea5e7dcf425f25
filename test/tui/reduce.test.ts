import { expect } from 'chai'
import fc from 'fast-check'
import { KEYMAP } from '../../src/tui/keymap.ts'
import { type Effect, type Facts, reduce } from '../../src/tui/reduce.ts'
import { firstUi, type Ui } from '../../src/tui/ui.ts'
import type { Item } from '../../src/tui/views/view.ts'

const item = (key: string): Item => ({
  ...{ key, topic: 'alerts', partition: 0, offset: 7, timestamp: 0, recordKey: key, value: {}, cells: [key], order: [0] },
  command: `shitops alert show ${key}`,
})
const facts: Facts = {
  items: ['a', 'b', 'c', 'd', 'e'].map(item),
  page: 3,
  now: 1_000,
  bus: undefined,
  labels: (key) => (key === 'b' ? { alertname: 'x', team: 'pay "roll"' } : key === 'c' ? {} : undefined),
  acked: (key) => key === 'c',
  sorts: () => 3,
}

/** Keys one after the other; a word in several characters is typed. */
function press(keys: readonly string[], from: Ui = firstUi, with_: Partial<Facts> = {}): { ui: Ui; effects: Effect[] } {
  let ui = from
  const effects: Effect[] = []
  for (const key of keys) {
    const step = reduce(ui, key, { ...facts, ...with_ })
    ui = step.ui
    effects.push(...step.effects)
  }
  return { ui, effects }
}
const typed = (text: string) => [...text]
const on = (...keys: string[]) => press(['2', ...keys])

describe('tui: what keys do', () => {
  it('goes from view to view, round and round', () => {
    expect(press(['4']).ui.view).to.equal('network')
    expect(press(['shift-tab']).ui.view).to.equal('log')
    expect(press(['tab', 'tab']).ui.view).to.equal('people')
  })

  it('moves the cursor within the rows, and with its row when rows move', () => {
    expect(on('down', 'down').ui.lists.alerts).to.include({ key: 'c', at: 2 })
    expect(on('up').ui.lists.alerts).to.include({ key: 'a', at: 0 })
    expect(on('G').ui.lists.alerts).to.include({ key: 'e' })
    expect(on('pagedown', 'pagedown', 'home').ui.lists.alerts).to.include({ key: 'a' })
    const moved = press(['down'], on('down').ui, { items: ['x', 'a', 'b', 'c'].map(item) })
    expect(moved.ui.lists.alerts).to.include({ key: 'c' })
    // Its row is gone: the one that is there now.
    expect(press(['down'], on('G').ui, { items: [item('a')] }).ui.lists.alerts).to.include({ key: 'a', at: 0 })
  })

  it('filters as it is typed, keeps it with enter, takes it back with esc', () => {
    expect(on('/', ...typed('link'), 'enter').ui.lists.alerts.filter).to.equal('link')
    expect(on('/', ...typed('link'), 'esc').ui.lists.alerts.filter).to.equal('')
    expect(on('/', ...typed('link'), 'backspace', 'ctrl-w').ui.layer).to.include({ text: '' })
    expect(on('/', ...typed('link'), 'enter', 'esc').ui.lists.alerts.filter).to.equal('')
  })

  it('says what is wrong with an expression, and keeps what was typed', () => {
    const { ui } = on('/', ...typed('value.severity ='), 'enter')
    expect(ui.message).to.include({ bad: true })
    expect(ui.layer).to.include({ kind: 'filter', text: 'value.severity =' })
  })

  it('takes commands, by their beginning, with a filter', () => {
    expect(press([':', ...typed('net'), 'enter']).ui.view).to.equal('network')
    expect(press([':', ...typed('al'), 'tab']).ui.layer).to.include({ text: 'alerts' })
    const filtered = press([':', ...typed('alerts value.severity == "critical"'), 'enter']).ui
    expect([filtered.view, filtered.lists.alerts.filter]).to.eql(['alerts', 'value.severity == "critical"'])
    expect(press([':', ...typed('q'), 'enter']).effects).to.eql([{ type: 'quit', code: 0 }])
    expect(press([':', ...typed('nonsense'), 'enter']).ui.message?.text).to.include('no command nonsense')
    expect(press([':', ...typed('export rows.ndjson'), 'enter']).effects[0]).to.include({ type: 'export', path: 'rows.ndjson' })
  })

  it('acknowledges the chosen alert, and takes it back; nothing where there is no alert', () => {
    expect(on('down', 'a').effects).to.eql([{ type: 'ack', fingerprint: 'b', undo: false }])
    expect(on('down', 'down', 'a').effects).to.eql([{ type: 'ack', fingerprint: 'c', undo: true }])
    expect(on('a').effects).to.eql([])
    expect(on('down', 'enter', 'a').effects).to.eql([{ type: 'ack', fingerprint: 'b', undo: false }])
  })

  it('asks for a silence with the labels that are chosen, and only with a reason and a length', () => {
    const open = on('down', 'z')
    expect(open.ui.layer).to.have.property('kind', 'silence')
    const without = press(['enter'], open.ui)
    expect(without.effects).to.eql([])
    expect(without.ui.layer).to.have.nested.property('form.problem').that.includes('why')
    const done = press([...typed('cable'), 'tab', ' ', 'enter'], open.ui)
    expect(done.effects).to.eql([{ type: 'silence', wish: { matchers: ['team="pay \\"roll\\""'], for: '2h', comment: 'cable' } }])
    const long = press([...typed('x'), 'up', 'ctrl-u', ...typed('soon'), 'enter'], open.ui)
    expect(long.ui.layer).to.have.nested.property('form.problem').that.includes('soon')
    const none = press(['tab', ' ', 'tab', ' ', 'enter'], open.ui)
    expect(none.ui.layer).to.have.nested.property('form.problem').that.includes('label')
    expect(press(['esc'], open.ui).ui.layer).to.equal(undefined)
  })

  it('sorts, pauses, copies, exports', () => {
    expect(on('s', 's', 's', 'S').ui.lists.alerts).to.include({ sort: 0, reversed: true })
    expect(on('p').effects).to.eql([{ type: 'pause' }])
    expect(on('c').effects).to.eql([{ type: 'copy', text: 'shitops alert show a' }])
    const elsewhere = press(['2', 'c'], firstUi, { bus: 'embedded:/tmp/a b' })
    expect(elsewhere.effects).to.eql([{ type: 'copy', text: "shitops alert show a --bus 'embedded:/tmp/a b'" }])
    expect(on('e').effects[0]).to.include({ type: 'export', path: undefined }).and.have.property('items').with.length(5)
    expect(press(['2', 'e'], firstUi, { items: [] }).ui.message).to.include({ bad: true })
  })

  it('ends on Ctrl-C wherever somebody is, with 130', () => {
    for (const keys of [[], [':'], ['2', '/'], ['2', 'down', 'z'], ['?'], ['2', 'enter']])
      expect(press([...keys, 'ctrl-c']).effects.at(-1)).to.eql({ type: 'quit', code: 130 })
  })

  it('stands whatever is typed, and esc always leads back', () => {
    const keys = [...new Set([...KEYMAP.flatMap(({ keys: own }) => own), 'x', '"', '=', 'backspace', 'enter', '漢'])].filter(
      (key) => key !== 'ctrl-c',
    )
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys), { maxLength: 40 }), fc.boolean(), (sequence, empty) => {
        const { ui } = press(sequence, firstUi, empty ? { items: [] } : {})
        expect(press(['esc', 'esc'], ui).ui.layer).to.equal(undefined)
      }),
    )
  })
})
