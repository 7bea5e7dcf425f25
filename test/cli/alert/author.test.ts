import { expect } from 'chai'
import { authorOf } from '../../../src/cli/alert/find.ts'

describe('who acknowledges and silences', () => {
  const nobody = () => {
    throw new Error('ENOENT: no such user')
  }

  it('is who is named, else the user by the environment, else by the system', () => {
    expect(authorOf(' netops-1 ', { USER: 'a' }, () => 'b')).to.equal('netops-1')
    expect(authorOf(undefined, { USER: 'a' }, () => 'b')).to.equal('a')
    expect(authorOf(undefined, {}, () => 'b')).to.equal('b')
  })

  it('must be known: a container may have a user without a name', () => {
    expect(() => authorOf(undefined, {}, nobody))
      .to.throw('this user has no name')
      .with.property('code', 'SHITOPS_E_USAGE')
    expect(() => authorOf(' ', { USER: 'a' }, () => 'b')).to.throw('--author is empty')
  })
})
