import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Row } from '../../../src/office/librenms/json.ts'
import { modelsFromDumps } from '../../../src/office/librenms/models/dumps.ts'
import { useLibrenms } from './setup.ts'

/** Database dumps of LibreNMS's own tests: GPL data, so they lie beside the project and never in it. */
const FOLDER = process.env.SHITOPS_LIBRENMS_DUMPS ?? fileURLToPath(new URL('../../../../shared/data/librenms', import.meta.url))
const models = modelsFromDumps(FOLDER)

describe('the LibreNMS double with dumps of real devices', () => {
  before(function () {
    if (models.length > 0) return
    console.log(`      skipped: no dumps in ${FOLDER}; SHITOPS_LIBRENMS_DUMPS names another folder`)
    this.skip()
  })
  const lab = useLibrenms(models.length > 0 ? { world: { models } } : {})

  it('serves every port, sensor and entity of them', async () => {
    const total = (of: 'ports' | 'sensors' | 'inventory') => models.reduce((sum, model) => sum + model[of].length, 0)
    const live = models.reduce((sum, model) => sum + model.ports.filter(({ deleted }) => deleted === 0).length, 0)
    expect(await lab.rows('/ports', 'ports')).to.have.length(live)
    expect(await lab.rows('/resources/sensors', 'sensors')).to.have.length(total('sensors'))
    const inventories = models.map((_, i) => lab.rows(`/inventory/${i + 1}/all`, 'inventory'))
    expect((await Promise.all(inventories)).flat()).to.have.length(total('inventory'))
  })

  it('gives every row the columns of its table, whatever the dump has', async () => {
    const columns = async (path: string, key: string) => new Set((await lab.rows(path, key)).map((row: Row) => Object.keys(row).join()))
    expect(await columns('/resources/sensors', 'sensors')).to.have.property('size', 1)
    expect(await columns('/devices', 'devices')).to.have.property('size', 1)
    expect((await columns('/resources/links', 'links')).size).to.equal(1)
  })

  it('shows no serial number of a dump, and nothing that its owner took out', async () => {
    const dumps = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
    const serials = dumps.flatMap((name) => [
      ...readFileSync(join(FOLDER, name), 'utf8').matchAll(/"(?:serial|entPhysicalSerialNum)": "(\w{6,})"/g),
    ])
    expect(serials).to.have.length.above(5)
    const paths = ['/devices', '/resources/sensors', '/ports?columns=ifAlias', ...models.map((_, i) => `/inventory/${i + 1}/all`)]
    const texts = (await Promise.all(paths.map((path) => lab.ask(path)))).map(({ text }) => text).join('')
    expect(texts).not.to.contain('<private>')
    for (const [, serial] of serials) expect(texts.includes(`"${serial}"`), serial).to.equal(false)
  })
})

it('a folder that is not there has no models', () => {
  expect(modelsFromDumps('/no/such/folder')).to.deep.equal([])
})
