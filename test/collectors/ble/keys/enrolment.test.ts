import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ShitopsError } from '../../../../src/base/errors.ts'
import { describeLine } from '../../../../src/collectors/ble/decode/lines/describe-line.ts'
import { recogniseWith } from '../../../../src/collectors/ble/decode/lines/recognise.ts'
import { EnrolledHeadsets } from '../../../../src/collectors/ble/keys/enrolled-headsets.ts'
import { parseEnrolment } from '../../../../src/collectors/ble/keys/enrolment.ts'
import { addHeadset, readEnrolment, removeHeadset } from '../../../../src/collectors/ble/keys/enrolment-file.ts'
import { StatusCipher } from '../../../../src/collectors/ble/keys/status-cipher.ts'

/** capod's public test keys, and an address made with them. */
const IRK = '7904651ee2ccd926f26e20ee3eccde79'
const ENC = '3b9c8057e6457ff21b8e07636c99e029'
const ADDRESS = '5A:16:2B:91:D1:CD'
/** AirPods Pro, 100, 98 and 86 percent under that key. */
const FRAME = '4c000719010e202b9a98010005 0c14e0eb433f4b22c0a9edcb33e70971'.replace(' ', '')

const YEAR_2030 = Date.UTC(2030, 0, 1)
const headset = (alias: string) => ({
  alias,
  irk: Buffer.from(IRK, 'hex'),
  enc: Buffer.from(ENC, 'hex'),
  purpose: 'call load',
  basis: 'works agreement 12',
  expires: YEAR_2030,
})
const entry = (more = '') => `headsets:\n  - {alias: h-1, irk: "${IRK}", purpose: p, basis: b, expires: 2030-01-01${more}}\n`

async function refusal(work: Promise<unknown>): Promise<ShitopsError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ShitopsError) return error
  throw new Error(`was not refused: ${error}`)
}

describe('the enrolment file', () => {
  let dir: string
  let file: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'enrolment-'))
    file = join(dir, 'sub', 'enrolment.yaml')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('is made for its owner alone, and read back as it was written', async () => {
    await addHeadset(file, headset('h-1'))
    await addHeadset(file, { ...headset('h-2'), enc: null, team: 'payables' })
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    expect(statSync(join(dir, 'sub')).mode & 0o777).to.equal(0o700)
    const [first, second] = await readEnrolment(file)
    expect(first).to.deep.equal({ ...headset('h-1'), irk: IRK, irkOrder: 'auto', enc: ENC })
    expect(second).to.include({ alias: 'h-2', team: 'payables' }).and.not.have.property('enc')
    expect(readdirSync(join(dir, 'sub'))).to.deep.equal(['enrolment.yaml'])
  })

  it('is refused when others may open it, for reading and for writing', async () => {
    await addHeadset(file, headset('h-1'))
    for (const mode of [0o640, 0o604, 0o620, 0o666]) {
      writeFileSync(file, readFileSync(file), { mode })
      const { chmod } = await import('node:fs/promises')
      await chmod(file, mode)
      for (const work of [() => readEnrolment(file), () => addHeadset(file, headset('h-2')), () => removeHeadset(file, 'h-1')]) {
        expect(await refusal(work())).to.include({ code: 'SHITOPS_E_SECRET_MODE', exit: 77 })
      }
    }
  })

  it('keeps the comments of whoever edits it by hand', async () => {
    await addHeadset(file, headset('h-1'))
    writeFileSync(file, readFileSync(file, 'utf8').replace('  - alias: h-1', '  # the loan pair\n  - alias: h-1'))
    await addHeadset(file, headset('h-2'))
    await removeHeadset(file, 'h-2')
    expect(readFileSync(file, 'utf8')).to.contain('# the loan pair')
    expect((await readEnrolment(file)).map(({ alias }) => alias)).to.deep.equal(['h-1'])
  })

  it('takes a removed headset out, keys and all, and can be filled again', async () => {
    await addHeadset(file, headset('h-1'))
    await removeHeadset(file, 'h-1')
    expect(readFileSync(file, 'utf8')).not.to.contain(IRK)
    expect(await readEnrolment(file)).to.deep.equal([])
    await addHeadset(file, headset('h-3'))
    expect(readFileSync(file, 'utf8')).to.contain('  - alias: h-3\n')
  })

  it('stays JSON when its name says so', async () => {
    const json = join(dir, 'enrolment.json')
    await addHeadset(json, headset('h-1'))
    await addHeadset(json, headset('h-2'))
    await removeHeadset(json, 'h-1')
    expect(JSON.parse(readFileSync(json, 'utf8')).headsets).to.have.length(1)
  })

  it('names a headset that is there twice, one that is not there, and a file that is not', async () => {
    expect((await refusal(readEnrolment(file))).code).to.equal('SHITOPS_E_FILE')
    await addHeadset(file, headset('h-1'))
    expect((await refusal(addHeadset(file, headset('h-1')))).code).to.equal('SHITOPS_E_HEADSET_EXISTS')
    expect((await refusal(removeHeadset(file, 'h-2'))).code).to.equal('SHITOPS_E_HEADSET_UNKNOWN')
  })
})

describe('the text of an enrolment file', () => {
  const faults: ReadonlyArray<[name: string, text: string, said: string]> = [
    ['no YAML', 'headsets: [', 'flow'],
    ['a list', '- a', 'the file'],
    ['a key that is none', entry().replace(IRK, 'nonsense'), 'headsets.0.irk'],
    ['no purpose', entry().replace('purpose: p, ', ''), 'headsets.0.purpose'],
    ['no basis', entry().replace('basis: b, ', ''), 'headsets.0.basis'],
    ['no expiry', entry().replace(', expires: 2030-01-01', ''), 'headsets.0.expires'],
    ['an expiry that is no date', entry().replace('2030-01-01', 'soon'), 'headsets.0.expires'],
    ['an alias that is a key', entry().replace('h-1', IRK), 'headsets.0.alias'],
    ['a field that does not exist', entry(', irk2: x'), 'irk2'],
    ['an alias twice', entry() + entry().replace('headsets:\n', ''), 'twice'],
    ['an unknown byte order', entry(', irk_order: middle'), 'headsets.0.irk_order'],
  ]
  for (const [name, text, said] of faults) {
    it(`is refused with ${name}, by place and without the key`, async () => {
      const error = await refusal(parseEnrolment(text, 'enrolment.yaml'))
      expect(error).to.include({ code: 'SHITOPS_E_CONFIG', exit: 78 })
      expect(error.message.toLowerCase()).to.contain(said)
      expect(error.message).not.to.contain(IRK)
    })
  }

  it('may be empty', async () => {
    for (const text of ['', '# nobody yet', 'headsets:', 'version: 1\nheadsets: []', '{}'])
      expect(await parseEnrolment(text, 'f')).to.deep.equal([])
  })

  it('may take keys from the environment, and says which variable is missing', async () => {
    const entries = await parseEnrolment(entry().replace(`"${IRK}"`, '{env: PODS_IRK}'), 'f')
    expect(new EnrolledHeadsets(entries, { PODS_IRK: IRK }).identify(ADDRESS, 0)?.alias).to.equal('h-1')
    expect(() => new EnrolledHeadsets(entries, {})).to.throw(ShitopsError, 'PODS_IRK')
    expect(() => new EnrolledHeadsets(entries, { PODS_IRK: `${IRK}0` }))
      .to.throw(ShitopsError, 'PODS_IRK, of 33 characters')
      .with.property('message')
      .that.does.not.contain(IRK)
  })
})

describe('an enrolled headset', () => {
  it('is recognised until its enrolment expires', async () => {
    const enrolled = new EnrolledHeadsets(await parseEnrolment(entry(), 'f'), {})
    expect(enrolled.identify(ADDRESS, YEAR_2030 - 1)?.alias).to.equal('h-1')
    expect(enrolled.identify(ADDRESS, YEAR_2030)).to.equal(null)
    expect(enrolled.identify('45:23:51:E3:40:6F', 0)).to.equal(null)
  })

  it('has its frames read to one percent', async () => {
    const enrolled = new EnrolledHeadsets(await parseEnrolment(entry(`, enc: "${ENC}"`), 'f'), {})
    const recognise = recogniseWith(enrolled, () => 0)
    const line = (address: string) => JSON.stringify(describeLine(JSON.stringify({ hex: FRAME, address }), 1, recognise))
    const known = JSON.parse(line(ADDRESS)).frames[0]
    expect(known).to.include({ headset: 'h-1', exact: true, leftBattery: 100, rightBattery: 98, caseBattery: 86, leftCharging: true })
    const stranger = JSON.parse(line('45:23:51:E3:40:6F')).frames[0]
    expect(stranger).to.include({ rightBattery: 90 }).and.not.have.any.keys('headset', 'exact')
  })

  it('shows no key when it is printed', () => {
    const cipher = new StatusCipher(Buffer.from(ENC, 'hex'))
    expect(JSON.stringify(cipher)).to.equal('{}')
  })
})
