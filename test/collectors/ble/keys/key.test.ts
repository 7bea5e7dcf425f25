import { expect } from 'chai'
import fc from 'fast-check'
import { ShitopsError } from '../../../../src/base/errors.ts'
import { looksLikeKey, parseKey } from '../../../../src/collectors/ble/keys/key.ts'
import { parseKeyText } from '../../../../src/collectors/ble/keys/key-text.ts'

const anyKey = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes))

/** The ways in which a key is written down. */
const FORMS: ReadonlyArray<(key: Buffer) => string> = [
  (key) => key.toString('hex'),
  (key) => key.toString('hex').toUpperCase(),
  (key) => `0x${key.toString('hex')}`,
  (key) => key.toString('hex').replace(/(..)(?!$)/g, '$1-'),
  (key) => key.toString('hex').replace(/(..)(?!$)/g, '$1:'),
  (key) => key.toString('hex').replace(/(..)(?!$)/g, '$1 '),
  (key) => key.toString('base64'),
  (key) => key.toString('base64').replaceAll('=', ''),
  (key) => key.toString('base64url'),
]
const anyForm = fc.constantFrom(...FORMS)

/** The ways in which both keys of a headset are handed on. */
const PAIRS: ReadonlyArray<(irk: string, enc: string) => string> = [
  (irk, enc) => `librepods://add-magic-keys?irk=${encodeURIComponent(irk)}&enc_key=${encodeURIComponent(enc)}`,
  (irk, enc) => `irk: ${irk}\nenc: ${enc}\n`,
  (irk, enc) => `ENC_KEY = ${enc}\n# from the phone\nIRK = ${irk}`,
  (irk, enc) => JSON.stringify({ irk, enc }),
  (irk, enc) => JSON.stringify({ irk, encKey: enc }, null, 2),
  (irk, enc) => `${irk}\n${enc}\n`,
]

const refused = (read: () => unknown): ShitopsError => {
  try {
    read()
  } catch (error) {
    if (error instanceof ShitopsError) return error
    throw error
  }
  throw new Error('was not refused')
}

describe('a key', () => {
  it('is read in every way that people write it', () => {
    fc.assert(fc.property(anyKey, anyForm, (key, form) => parseKey(form(key)).equals(key)))
  })

  it('is noticed where it should not be', () => {
    fc.assert(fc.property(anyKey, anyForm, (key, form) => looksLikeKey(form(key))))
    expect(looksLikeKey('librepods://add-magic-keys?irk=00')).to.equal(true)
    expect(looksLikeKey('anna')).to.equal(false)
  })

  it('is refused when it is none, and not repeated', () => {
    for (const text of [
      '',
      'secret',
      '7904651ee2ccd926f26e20ee3eccde7',
      '7904651ee2ccd926f26e20ee3eccde7900',
      'x'.repeat(32),
      '='.repeat(24),
    ]) {
      const error = refused(() => parseKey(text))
      expect(error.code).to.equal('SHITOPS_E_KEY')
      if (text) expect(error.message + error.suggestions.join()).not.to.contain(text)
    }
  })
})

describe('the keys of a headset', () => {
  it('are read in every way that programs hand them on', () => {
    fc.assert(
      fc.property(anyKey, anyKey, anyForm, fc.constantFrom(...PAIRS), (irk, enc, form, pair) => {
        const keys = parseKeyText(pair(form(irk), form(enc)))
        expect([keys.irk.toString('hex'), keys.enc?.toString('hex')]).to.deep.equal([irk.toString('hex'), enc.toString('hex')])
      }),
    )
  })

  it('are read from the answer of the headset itself', () => {
    const reply = '04000400310002010010007904651ee2ccd926f26e20ee3eccde79040010003b9c8057e6457ff21b8e07636c99e029'
    const { irk, enc } = parseKeyText(reply)
    expect(irk.toString('hex')).to.equal('7904651ee2ccd926f26e20ee3eccde79')
    expect(enc?.toString('hex')).to.equal('3b9c8057e6457ff21b8e07636c99e029')
  })

  it('may lack the ENC key, but not the IRK', () => {
    expect(parseKeyText('7904651ee2ccd926f26e20ee3eccde79').enc).to.equal(null)
    for (const text of ['', 'enc: 3b9c8057e6457ff21b8e07636c99e029', 'librepods://add-magic-keys', '0400040031000101', '# nothing\n']) {
      expect(refused(() => parseKeyText(text)).code).to.equal('SHITOPS_E_KEY')
    }
  })
})
