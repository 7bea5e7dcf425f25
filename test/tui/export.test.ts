import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { clipboard, exportItems, exportLines, exportName } from '../../src/tui/export.ts'
import { VIEWS } from '../../src/tui/views/index.ts'
import { VIEW_NAMES } from '../../src/tui/views/view.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { NOON, sampleWorld } from './support/sample.ts'

describe('tui: what leaves the screen', () => {
  const dir = useTempDir()

  it('writes every row of every view as tail does, one JSON object a line', async () => {
    const world = await sampleWorld()
    for (const view of VIEW_NAMES) {
      const items = VIEWS[view].items(world, NOON)
      const rows = exportLines(items).trimEnd().split('\n')
      expect(rows.map((row) => JSON.parse(row).topic)).to.eql(items.map(({ topic }) => topic))
      for (const row of rows)
        expect(Object.keys(JSON.parse(row))).to.eql(['topic', 'partition', 'offset', 'timestamp', 'key', 'headers', 'value'])
    }
    const [worst] = exportLines(VIEWS.alerts.items(world, NOON)).split('\n')
    expect(JSON.parse(String(worst)).value)
      .to.include({ alert_name: 'link_down', severity: 'critical' })
      .and.not.have.property('place')
  })

  it('never writes over a file, and names one by view and time', async () => {
    const items = VIEWS.alerts.items(await sampleWorld(), NOON)
    const path = join(dir(), exportName('alerts', NOON))
    expect(path).to.match(/shitops-alerts-20260331T140500Z\.ndjson$/)
    await exportItems(path, items)
    const before = await readFile(path, 'utf8')
    const failed = await exportItems(path, []).catch((error: unknown) => error)
    expect(failed).to.have.property('code', 'EEXIST')
    expect(await readFile(path, 'utf8')).to.equal(before)
  })

  it('copies by OSC 52, whatever the text is', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal is told
    const [, text = ''] = /^\u001b\]52;c;([A-Za-z0-9+/=]+)\u0007$/.exec(clipboard("shitops tail 'ä b'\u001b[2J")) ?? []
    expect(Buffer.from(text, 'base64').toString()).to.equal("shitops tail 'ä b'\u001b[2J")
  })
})
