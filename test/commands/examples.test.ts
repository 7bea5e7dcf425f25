import { spawn } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { designedTopics } from '../../src/bus/topics/desired.ts'
import { formatTopicsFile } from '../../src/bus/topics/export.ts'
import { examplesOf, TOPIC_NAMES, topicSpec, toRecord } from '../../src/events/index.ts'
import { TestBus } from '../bus/ops/support.ts'
import { CLI, cliEnv } from '../support/cli.ts'

/** The commands that work on a bus alone. */
const COMMANDS = /^(topic:|group:|tail$|produce$|replay$)/
/** Those that need brokers: test/commands/topics-as-code.kafka.ts and test/bus/kafka/mirror have such runs. */
const BROKERS = /^shitops topic elect|--mirror kafka:/
/** Those that exit with 3 where something differs. */
const DIFFERS = /^shitops topic (plan|check)\b/
/** Examples that go on until they are stopped: what comes must be shown. */
const FOLLOWS = /^shitops tail (?!.*--(to|no-follow))/

interface Manifest {
  commands: Record<string, { id: string; examples?: string[] }>
}

describe('the examples in the help of topic, group, tail, produce and replay', function () {
  this.timeout(120_000)
  const test = new TestBus()
  const bin = join(test.directory, 'bin')

  before(async () => {
    await test.open()
    await mkdir(bin)
    await writeFile(join(bin, 'shitops'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`)
    await chmod(join(bin, 'shitops'), 0o755)
  })
  after(() => test.close())

  /** The bus that the examples speak of. */
  async function prepare(): Promise<void> {
    const there = new Set(await test.bus.listTopics())
    for (const name of [...TOPIC_NAMES, 'device_metrics.dlq', 'demo', 'a', 'b', 'trades'] as string[]) {
      if (!there.has(name)) await test.bus.createTopic(topicSpec(name) ?? { name, partitions: 1 })
    }
    const { full } = await examplesOf('device_metrics')
    const event = { ...full, value: 0.93, event_time: new Date().toISOString() }
    await test.bus.append('device_metrics', [toRecord('device_metrics', event, { source: '/test' })])
    await test.bus.append('a', [{ key: 'k', value: '1' }])
    await test.bus.commitOffsets('workflow-conform', [{ topic: 'workflow_events', partition: 0, offset: 0 }])
    await writeFile(join(test.directory, 'topics.yaml'), formatTopicsFile(designedTopics()))
    await writeFile(join(test.directory, 'metrics.ndjson'), `${JSON.stringify({ key: full.target, value: full })}\n`)
  }

  /** Run one as a person would; one that follows is stopped by Ctrl-C once it has shown a record. */
  async function run(example: string, follows: boolean): Promise<{ code: number | null; stderr: string }> {
    const env = { ...cliEnv(test.directory, { SHITOPS_BUS: test.url }), PATH: `${bin}:${process.env.PATH}` }
    const child = spawn('bash', ['-c', follows ? `exec ${example}` : example], {
      cwd: test.directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdout.once('data', () => follows && child.kill('SIGINT'))
    const topic = /tail (\S+)/.exec(example)?.[1] ?? ''
    const feed = follows && setInterval(() => void test.bus.append(topic, [{ key: 'k', value: '{"value":1}' }]), 200)
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    if (feed) clearInterval(feed)
    return { code, stderr }
  }

  it('cli point 3: all run', async () => {
    const manifest = JSON.parse(await readFile('oclif.manifest.json', 'utf8')) as Manifest
    let ran = 0
    for (const { id, examples = [] } of Object.values(manifest.commands).filter(({ id: name }) => COMMANDS.test(name))) {
      for (const template of examples) {
        const example = template.replaceAll('<%= config.bin %>', 'shitops').replaceAll('<%= command.id %>', id.replaceAll(':', ' '))
        if (BROKERS.test(example)) continue
        await prepare()
        if (example.includes('topic create trades')) await test.bus.deleteTopic('trades')
        const follows = FOLLOWS.test(example)
        const { code, stderr } = await run(example, follows)
        expect(code, `${example}\n${stderr}`).to.be.oneOf(follows ? [130] : DIFFERS.test(example) ? [0, 3] : [0])
        ran++
      }
    }
    expect(ran).to.be.above(15)
  })
})
