import { expect } from 'chai'
// @ts-expect-error: a build script without types
import { bundle } from '../../scripts/bundle.mjs'
// @ts-expect-error: a build script without types
import { LATER } from '../../scripts/lean-oclif.mjs'

interface Output {
  fileName: string
  /** Files of the bundle and packages outside it, dynamic imports left out. */
  imports?: string[]
  modules?: Record<string, unknown>
  isEntry?: boolean
}

/** Loading any of these at the top of a command costs every user of it 40 to 130 ms. */
const HEAVY = [
  'zod',
  'lmdb',
  'kafkajs',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  'protobufjs',
  'yaml',
  'cli-table3',
  '@abandonware/noble',
  'mqtt',
  'systeminformation',
  'fastify',
  'ws',
  'prom-client',
  'selfsigned',
  'ink',
  'react',
]

describe('start-up', () => {
  let outputs: Record<string, Output>

  before(async function () {
    this.timeout(120_000)
    const output = (await bundle({ outdir: 'dist', write: false })) as Output[]
    outputs = Object.fromEntries(output.map((file) => [file.fileName, file]))
  })

  /** The files that loading an entry loads, and the packages in them, dynamic imports left out. */
  function loadedBy(entry: string): { files: string[]; packages: Set<string> } {
    const files = new Set<string>()
    const packages = new Set<string>()
    const visit = (file: string) => {
      if (files.has(file)) return
      const output = outputs[file]
      if (!output) {
        packages.add(file)
        return
      }
      files.add(file)
      for (const input of Object.keys(output.modules ?? {})) {
        const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]
        if (name) packages.add(name)
      }
      for (const path of output.imports ?? []) visit(path)
    }
    visit(entry)
    return { files: [...files], packages }
  }

  const entries = () => Object.keys(outputs).filter((file) => file === 'main.js' || /^(commands|hooks)\//.test(file))

  it('no command and no hook loads a heavy package before it runs', () => {
    expect(entries().length).to.be.greaterThan(3)
    for (const file of entries()) {
      const heavy = HEAVY.filter((name) => loadedBy(file).packages.has(name))
      expect(heavy, file).to.deep.equal([])
    }
  })
  it('tail and produce load few files, whatever is added to their parts', () => {
    for (const file of ['commands/tail.js', 'commands/produce.js']) expect(loadedBy(file).files.length, file).to.be.at.most(6)
  })

  it('of oclif a command loads neither help nor what looks for commands without a manifest', () => {
    expect([...loadedBy('commands/tail.js').packages].filter((name) => LATER.includes(name))).to.deep.equal([])
  })
})
