import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { encodeBatch, NO_WRITER } from '../../src/bus/kafka/batch-encoder.ts'
import { codecId, codecOf } from '../../src/bus/kafka/codecs.ts'
import { crc32c } from '../../src/bus/kafka/crc32c.ts'
import { type CliResult, runCli } from '../support/cli.ts'
import { makeCertificate } from '../support/kafka/certificates.ts'
import { apiVersions, fetchAnswer, KEY, type Script, ScriptedBroker } from '../support/kafka/scripted-broker.ts'

const QUICK = 'requestTimeout=5s&connectTimeout=5s&deliveryTimeout=300ms'

/** With a checksum that is right, also where its last record is longer than the batch. */
async function packedBatch(records: Parameters<typeof encodeBatch>[0], offset: number, damaged: boolean): Promise<Buffer> {
  const lz4 = codecId('lz4')
  const plain = await encodeBatch(records, NO_WRITER, { name: 'none', codec: null })
  const bytes = plain.subarray(61)
  const last = bytes.lastIndexOf('k') - 6
  if (damaged) bytes[last] = (bytes[last] as number) + 2
  const batch = Buffer.concat([plain.subarray(0, 61), (await (await codecOf(lz4))?.compress(bytes)) as Buffer])
  batch.writeBigInt64BE(BigInt(offset), 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt16BE(lz4, 21)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}

/** What src/bus/kafka says of brokers that answer badly (test/bus/kafka/bad-answers.test.ts, strangers.test.ts), as commands end with it. */
describe('commands at a broker that answers badly', function () {
  this.timeout(120_000)
  const brokers: ScriptedBroker[] = []
  let batch: Buffer

  before(async () => {
    batch = await encodeBatch([{ key: 'k', value: 'v', timestamp: 1_700_000_000_000 }], NO_WRITER, { name: 'none', codec: null })
  })
  afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.close())))

  async function at(script: Script, args: readonly string[], input?: string): Promise<CliResult> {
    const broker = await ScriptedBroker.listen(script)
    brokers.push(broker)
    return runCli([...args, '--bus', `${broker.url}?${QUICK}`], { ...(input !== undefined && { input }) })
  }

  /** The exit code; the code of the error, why, and what to type next, on standard error and nowhere else. */
  function expectRefusal({ code, stdout, stderr }: CliResult, exit: number, name: string, why: string, next: string): void {
    expect(code, stderr).to.equal(exit)
    expect(stderr).to.include(`(${name})`).and.include(why).and.include(next)
    expect(stderr).to.not.match(/\n +at /)
    expect(stdout).to.equal('')
  }

  const TAIL = ['tail', 't', '--no-follow']
  const LIST = ['topic', 'list']

  it('a shell server', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).write('SSH-2.0-OpenSSH_9.6\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const result = await runCli([...LIST, '--bus', `kafka://localhost:${port}`])
    server.close()
    expectRefusal(result, 69, 'SHITOPS_E_BUS_NOT_KAFKA', 'SSH-2.0-OpenSSH_9.6', `localhost:${port} is its address`)
  })

  it('a certificate that has expired', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shitops-certificates-'))
    try {
      const ca = await makeCertificate(folder, { name: 'ca' })
      const shown = await makeCertificate(folder, { name: 'expired', by: ca, from: -9, to: -2 })
      const broker = await ScriptedBroker.listen({}, shown)
      brokers.push(broker)
      const result = await runCli([...LIST, '--bus', `${broker.url}?connectTimeout=8s&tlsCa=${ca.certFile}`])
      expectRefusal(result, 69, 'SHITOPS_E_BUS_TLS', 'its certificate has expired', 'a new certificate')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('versions that are too old', async () => {
    const ranges = [0, 1, 2, 3].map((key) => [key, 0, 2] as const)
    const result = await at({ [KEY.apiVersions]: ({ apiVersion }) => apiVersions(ranges, apiVersion) }, LIST)
    expectRefusal(result, 69, 'SHITOPS_E_BUS_VERSION', 'too old', 'docs/bus.md')
  })

  it('an answer that is cut off, and one that is too large', async () => {
    expectRefusal(await at({ [KEY.metadata]: () => Buffer.alloc(9) }, LIST), 69, 'SHITOPS_E_BUS_PROTOCOL', 'ends too early', 'localhost')
    const large = await at({ [KEY.metadata]: () => ({ raw: Buffer.from([0x70, 0, 0, 0]) }) }, LIST)
    expectRefusal(large, 69, 'SHITOPS_E_BUS_TOO_LARGE', '1879048192 bytes', 'localhost')
  })

  it('records with a wrong checksum, and of an unknown codec', async () => {
    const damaged = Buffer.from(batch)
    damaged[damaged.length - 2] = 0x21
    const corrupt = await at({ [KEY.fetch]: () => fetchAnswer('t', damaged) }, TAIL)
    expectRefusal(corrupt, 1, 'SHITOPS_E_BUS_CORRUPT', 'the checksum of the batch at offset 0', '--from OFFSET')
    const unknown = Buffer.from(batch)
    unknown[22] = 6
    unknown.writeUInt32BE(crc32c(unknown.subarray(21)), 17)
    const codec = await at({ [KEY.fetch]: () => fetchAnswer('t', unknown) }, TAIL)
    expectRefusal(codec, 1, 'SHITOPS_E_BUS_UNSUPPORTED', 'codec 6', '--from OFFSET')
  })

  it('records that are not what their batch says: all before that batch is printed, and then that', async () => {
    // Compressed, and so many that lines are made of them where they were unpacked.
    const many = (first: number) =>
      Array.from({ length: 20 }, (_, i) => {
        return { key: 'k', value: JSON.stringify({ n: first + i, text: 'x'.repeat(5_000) }), timestamp: 1_700_000_000_000 }
      })
    const batches = await Promise.all([0, 20, 40].map((offset) => packedBatch(many(offset), offset, offset === 40)))
    const script = { [KEY.fetch]: () => fetchAnswer('t', Buffer.concat(batches)) }
    const lines = (stdout: string) => stdout.split('\n').slice(0, -1)
    const valuesIn: Record<string, (stdout: string) => Array<{ n: number }>> = {
      raw: (stdout) => lines(stdout).map((line) => JSON.parse(line)),
      ndjson: (stdout) => lines(stdout).map((line) => JSON.parse(line).value),
      json: (stdout) => JSON.parse(stdout).records.map(({ value }: { value: unknown }) => value),
    }
    for (const [output, values] of Object.entries(valuesIn)) {
      const { code, stdout, stderr } = await at(script, [...TAIL, '--output', output])
      expect(code, output).to.equal(1)
      expect(output === 'json' ? JSON.parse(stdout).error.code : stderr, output).to.include('SHITOPS_E_BUS_CORRUPT')
      expect(
        values(stdout).map(({ n }) => n),
        output,
      ).to.deep.equal(Array.from({ length: 40 }, (_, i) => i))
    }
  })

  it('an acknowledgement that is cut off: whether the records arrived is unknown', async () => {
    const result = await at({ [KEY.produce]: () => Buffer.alloc(3) }, ['produce', 't', '--raw'], 'one\ntwo\n')
    expectRefusal(result, 75, 'SHITOPS_E_BUS_BUSY', 'whether they arrived is unknown', 'deliveryTimeout=')
  })

  it('--json has the code', async () => {
    const { code, stdout } = await at({ [KEY.metadata]: () => Buffer.alloc(9) }, [...LIST, '--json'])
    expect(code).to.equal(69)
    expect(JSON.parse(stdout).error.code).to.equal('SHITOPS_E_BUS_PROTOCOL')
  })
})
