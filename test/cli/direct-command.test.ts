import { expect } from 'chai'
import { findDirect } from '../../src/cli/direct-command.ts'

const words = (file: string) => ({ file, takesWords: true })
const noWords = (file: string) => ({ file, takesWords: false })
const index = {
  tail: words('tail.js'),
  help: words('help.js'),
  doctor: noWords('doctor.js'),
  'topic:list': noWords('topic/list.js'),
  forecast: words('forecast.js'),
  'forecast:test': noWords('forecast/test.js'),
}
const find = (line: string) => findDirect(line.split(' '), index, ['--help', '-h'])

describe('a command named beyond doubt', () => {
  it('is the longest that the words begin with', () => {
    expect(find('tail alerts --from end')).to.deep.equal({ id: 'tail', rest: ['alerts', '--from', 'end'] })
    expect(find('topic list --json')).to.deep.equal({ id: 'topic:list', rest: ['--json'] })
    expect(find('forecast test')).to.deep.equal({ id: 'forecast:test', rest: [] })
    expect(find('forecast tests')).to.deep.equal({ id: 'forecast', rest: ['tests'] })
    expect(find('doctor')).to.deep.equal({ id: 'doctor', rest: [] })
  })

  it('leaves to oclif what may be a wrong name, a topic or a request for help', () => {
    for (const line of [
      'tial alerts',
      'topic',
      'topic lst',
      'topic list more',
      'doctor who',
      'tail --help',
      'tail alerts -h',
      'help tail',
      'topic:list',
    ])
      expect(find(line), line).to.equal(undefined)
    for (const line of ['--version', '--json tail', 'toString', '']) expect(find(line), line).to.equal(undefined)
  })

  it('does not look for the command among flags and their values', () => {
    expect(find('--bus x doctor')).to.equal(undefined)
    expect(find('topic name=list')).to.equal(undefined)
  })
})
