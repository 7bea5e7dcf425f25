import { expect } from 'chai'
import { formatForwarded } from '../../../src/cli/bus/forward.ts'

describe('bus forward --dry-run', () => {
  const spool = { directory: '/spool/scan', forwarded: 0, dropped: 0, refused: 0 }

  it('tells what the entries are that are no records, so that none seems lost', () => {
    const text = formatForwarded([{ ...spool, waiting: 10, topics: { a: 3, b: 4 } }], true)
    expect(text).to.contain(
      'a: 3 records would go out\nb: 4 records would go out\n3 entries are no record: a topic to make, or how far a group is\n',
    )
    expect(formatForwarded([{ ...spool, waiting: 7, topics: { a: 3, b: 4 } }], true)).to.not.contain('no record')
  })
})
