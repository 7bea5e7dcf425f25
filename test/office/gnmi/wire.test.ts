import { expect } from 'chai'
import { toPathMessage } from '../../../src/collectors/gnmi/path/path.ts'
import { readPath } from '../../../src/collectors/gnmi/request/paths.ts'
import { covers, typed } from '../../../src/office/gnmi/wire.ts'

const path = (text: string) => toPathMessage(readPath(text, 'path')).elem

describe("the office's gNMI paths", () => {
  const leaf = '/interfaces/interface[name=en0]/state/counters/in-octets'

  for (const subscribed of [
    '/',
    '/interfaces',
    '/interfaces/interface',
    '/interfaces/interface[name=*]/state',
    '/interfaces/interface[name=en0]',
    '/*/interface',
    '/.../in-octets',
    '/interfaces/.../counters',
    leaf,
  ]) {
    it(`${subscribed} covers ${leaf}`, () => expect(covers(path(subscribed), path(leaf))).to.equal(true))
  }

  for (const subscribed of [
    '/system',
    '/interfaces/interface[name=en1]',
    '/interfaces/interface/config',
    '/.../out-octets',
    `${leaf}/more`,
  ]) {
    it(`${subscribed} does not`, () => expect(covers(path(subscribed), path(leaf))).to.equal(false))
  }

  it('a counter goes out as uint64, to the last digit', () => {
    expect(typed(18_446_744_073_709_551_615n)).to.deep.equal({ uint_val: '18446744073709551615' })
    expect(typed('UP')).to.deep.equal({ string_val: 'UP' })
    expect(typed(0.5)).to.deep.equal({ double_val: 0.5 })
  })
})
