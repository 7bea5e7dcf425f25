import { expect } from 'chai'
import { formatTopic } from '../../src/cli/topic-view.ts'

describe('topic describe', () => {
  const flags = { output: 'table' as const, 'no-header': false, 'no-trunc': false }

  it('has its values below each other, also for a topic without settings', () => {
    const shown = formatTopic({ name: 'trades', config: {}, partitions: [] }, flags, {})
    expect(shown).to.match(/^topic {4}trades\nrecords {2}0\n\n/)
  })
})
