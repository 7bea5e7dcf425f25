import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { onTypedBus } from '../../src/cli/on-typed-bus.ts'
import { removeDirectory, temporaryDirectory } from '../bus/embedded/support.ts'
import { runCli } from '../support/cli.ts'

describe('what to type next', () => {
  const cases: Array<[text: string, shown: string]> = [
    ['shitops topic list', 'shitops topic list --bus embedded:b'],
    ['shitops topic create orders', 'shitops topic create --bus embedded:b orders'],
    ['shitops group describe g shows where they run', 'shitops group describe --bus embedded:b g shows where they run'],
    ['shitops doctor, which checks the whole store', 'shitops doctor --bus embedded:b, which checks the whole store'],
    ['shitops analyze jobs', 'shitops analyze jobs --bus embedded:b'],
    ['shitops tail a | shitops produce b', 'shitops tail --bus embedded:b a | shitops produce --bus embedded:b b'],
    [
      'Next: shitops topic create --all, or shitops demo.',
      'Next: shitops topic create --bus embedded:b --all, or shitops demo --bus embedded:b.',
    ],
    // Another place is named.
    ['shitops topic create --all --bus embedded:c', 'shitops topic create --all --bus embedded:c'],
    ['shitops analyze jobs --gateway http://flink', 'shitops analyze jobs --gateway http://flink'],
    ['shitops bus forward --from embedded:a --to kafka://h', 'shitops bus forward --from embedded:a --to kafka://h'],
    // No bus is needed.
    ['shitops insight list', 'shitops insight list'],
    ['shitops scan enrol list', 'shitops scan enrol list'],
    ['shitops analyze explain', 'shitops analyze explain'],
    ['shitops alert check slack', 'shitops alert check slack'],
    ['shitops config validate', 'shitops config validate'],
    ['did you mean orders?', 'did you mean orders?'],
    ['--bus embedded:./data', '--bus embedded:./data'],
  ]
  for (const [text, shown] of cases) it(`${text} → ${shown}`, () => expect(onTypedBus(text, 'embedded:b')).to.equal(shown))

  it('is one word for the shell, and has no secret in it', () => {
    expect(onTypedBus('shitops topic list', "embedded:it's here")).to.equal("shitops topic list --bus 'embedded:it'\\''s here'")
    expect(onTypedBus('shitops topic list', 'kafka://u:hunter2@h?saslPassword=hunter2')).to.not.contain('hunter2')
  })

  it('has a bus for the commands that there are, and for those alone that use one', () => {
    const ids = Object.keys(JSON.parse(readFileSync('dist/commands.json', 'utf8')))
    const without = ids.map((id) => `shitops ${id.replaceAll(':', ' ')}`).filter((command) => onTypedBus(command, 'embedded:b') === command)
    expect(without.map((command) => command.slice('shitops '.length))).to.have.members([
      ...['alert check', 'analyze explain', 'anomaly score', 'forecast', 'forecast backtest', 'help', 'scan decode', 'scan enrol'],
      ...['config init', 'config path', 'config show', 'config validate', 'insight list', 'insight show', 'insight slo', 'insight test'],
      ...['gnmi agent', 'gnmi capabilities', 'gnmi decode', 'gnmi get', 'gnmi set'],
    ])
  })
})

describe('hints of the built command', function () {
  this.timeout(120_000)
  let place: string
  let here: string
  let there: string

  before(async () => {
    place = temporaryDirectory()
    here = `embedded:${join(place, 'here')}`
    there = `embedded:${join(place, 'over there')}`
    for (const url of [here, there]) {
      const bus = await openBus(url)
      await bus.createTopic({ name: url === here ? 'orders' : 'other', partitions: 1 })
      await bus.close()
    }
  })
  after(() => removeDirectory(place))

  const suggestions = async (args: string[], env = {}): Promise<string[]> =>
    JSON.parse((await runCli([...args, '--json'], { env })).stdout).error.suggestions

  it('name the bus that was typed', async () => {
    const { stderr } = await runCli(['tail', 'zzzzzzz', '--bus', there])
    expect(stderr).to.contain(`Try: shitops topic list --bus '${there}'\n`)
    expect(stderr).to.contain(`Try: shitops topic create --bus '${there}' zzzzzzz\n`)
  })

  it('need not name the one of the environment', async () => {
    expect(await suggestions(['tail', 'zzzzzzz'], { SHITOPS_BUS: here })).to.deep.equal([
      'shitops topic list',
      'shitops topic create zzzzzzz',
    ])
  })

  it('of replay --to-bus name the bus that the topic is missing on', async () => {
    const env = { SHITOPS_BUS: here }
    const target = await suggestions(['replay', 'orders', '--to-bus', there], env)
    expect(target.slice(0, 2)).to.deep.equal([`shitops topic list --bus '${there}'`, `shitops topic create --bus '${there}' orders`])
    expect(await suggestions(['replay', 'zzzzzzz', '--to-bus', there], env)).to.include('shitops topic list')
    const both = ['replay', 'orders', '--bus', here, '--to-bus', there]
    const source = await suggestions([...both, '--to-topic', 'other', '--from', '99'])
    expect(source).to.include(`shitops topic describe --bus ${here} orders`)
    expect(await suggestions([...both, '--to-topic', 'other', '--resume', 'none'])).to.deep.equal([
      `shitops group list --bus '${there}': tokens are the groups named replay.TOKEN`,
    ])
  })

  it('of topic list say where to make topics', async () => {
    const empty = `embedded:${join(place, 'empty')}`
    await (await openBus(empty)).close()
    const { stderr } = await runCli(['topic', 'list', '--bus', empty])
    expect(stderr).to.contain(`Next: shitops topic create --bus ${empty} --all, or shitops demo --bus ${empty}.`)
  })
})
