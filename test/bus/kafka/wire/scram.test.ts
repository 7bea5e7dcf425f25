import { expect } from 'chai'
import { scram } from '../../../../src/bus/kafka/wire/scram.ts'

/** RFC 7677, section 3. */
const USER = { username: 'user', password: 'pencil' }
const NONCE = 'rOprNGfwEbeRWgbNEkqO'
const SERVER_NONCE = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
const SERVER_FIRST = `r=${SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`
const SERVER_LAST = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='

/** Runs the exchange with these answers; what was sent, or the error. */
async function exchange(first: string, last: string, user = USER): Promise<string[] | Error> {
  const client = scram('sha256', user, NONCE)
  const sent: string[] = []
  try {
    for (const answer of ['', first, last]) {
      const step = await client.next(Buffer.from(answer))
      if (!step.done) sent.push(step.value.toString())
    }
    return sent
  } catch (error) {
    return error as Error
  }
}

describe('SCRAM', () => {
  it('is that of RFC 7677', async () => {
    expect(await exchange(SERVER_FIRST, SERVER_LAST)).to.deep.equal([
      `n,,n=user,r=${NONCE}`,
      `c=biws,r=${SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    ])
  })

  it('escapes what would end a field', async () => {
    const sent = await exchange(SERVER_FIRST, SERVER_LAST, { username: 'a=b,c', password: 'x' })
    expect(String(sent)).to.include('server does not know the password')
  })

  for (const [what, first, last, message] of [
    ['another nonce', SERVER_FIRST.replace(NONCE, 'somebody-elses'), SERVER_LAST, 'not ours'],
    ['the nonce without its own part', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, SERVER_LAST, 'not ours'],
    ['too few iterations', SERVER_FIRST.replace('4096', '1'), SERVER_LAST, '1 iterations'],
    ['iterations for years', SERVER_FIRST.replace('4096', '2000000000'), SERVER_LAST, '2000000000 iterations'],
    ['no iterations', SERVER_FIRST.replace('4096', 'many'), SERVER_LAST, 'no number of'],
    ['no message at all', '', SERVER_LAST, 'not ours'],
    ['a refusal', SERVER_FIRST, 'e=invalid-proof', 'invalid-proof'],
    ['a server that does not know the password', SERVER_FIRST, `v=${Buffer.alloc(32).toString('base64')}`, 'does not know'],
    ['a last message without proof', SERVER_FIRST, 'hello', 'does not know'],
  ] as const) {
    it(`${what} is refused`, async () => {
      expect(String(await exchange(first, last))).to.include(message)
    })
  }
})
