import { expect } from 'chai'
import { plainOf } from '../../src/tui/draw/row.ts'
import { actOf, bindingsOf, KEYMAP, keysOf, type Mode, type Press } from '../../src/tui/keymap.ts'
import { helpRows } from '../../src/tui/views/layers.ts'
import { VIEW_NAMES } from '../../src/tui/views/view.ts'

const NONE = Object.fromEntries(
  [
    'upArrow',
    'downArrow',
    'leftArrow',
    'rightArrow',
    'pageDown',
    'pageUp',
    'home',
    'end',
    'return',
    'escape',
    'ctrl',
    'shift',
    'tab',
    'backspace',
    'delete',
  ].map((name) => [name, false]),
) as unknown as Press
const MODES: readonly Mode[] = ['list', 'detail', 'help']

describe('tui: the table of keys', () => {
  it('gives no key two meanings in one place', () => {
    for (const mode of MODES) {
      for (const view of VIEW_NAMES) {
        const keys = bindingsOf(mode, view).flatMap(({ keys: own }) => own)
        expect(new Set(keys).size, `${mode} ${view}`).to.equal(keys.length)
      }
    }
  })

  it('lets people out of everywhere, and find out how', () => {
    for (const mode of MODES) {
      for (const view of VIEW_NAMES) {
        expect(actOf('ctrl-c', mode, view)).to.equal('interrupt')
        expect(actOf('q', mode, view)).to.equal('quit')
        expect(actOf('?', mode, view)).to.equal('help')
        expect(actOf('esc', mode, view)).to.equal('back')
      }
    }
  })

  it('is what help shows, every line of it', () => {
    const help = helpRows(100).map(plainOf).join('\n')
    for (const { words } of KEYMAP) expect(help).to.include(words)
  })

  it('acts on alerts only where there are any', () => {
    expect(actOf('a', 'list', 'alerts')).to.equal('ack')
    expect(actOf('z', 'list', 'topics')).to.equal(undefined)
  })

  it('knows what a terminal says of a key', () => {
    const cases: Array<[string, Partial<Press>, string[]]> = [
      ['', { upArrow: true }, ['up']],
      ['', { return: true }, ['enter']],
      ['', { delete: true }, ['backspace']],
      ['', { tab: true, shift: true }, ['shift-tab']],
      ['c', { ctrl: true }, ['ctrl-c']],
      ['G', { shift: true }, ['G']],
      ['', {}, []],
      // A paste.
      ['ab é\r', {}, ['a', 'b', ' ', 'é', 'enter']],
      ['\u0000\u001f', {}, []],
    ]
    for (const [input, press, keys] of cases) expect(keysOf(input, { ...NONE, ...press }), JSON.stringify(input)).to.eql(keys)
  })
})
