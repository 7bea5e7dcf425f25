import { expect } from 'chai'
// @ts-expect-error: a build script without types
import { bundle } from '../../scripts/bundle.mjs'

interface Output {
  imports: Array<{ path: string; kind: string; external?: boolean }>
  inputs: Record<string, unknown>
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
    this.timeout(60_000)
    const { metafile } = (await bundle({ outdir: 'dist', write: false, metafile: true })) as {
      metafile: { outputs: Record<string, Output> }
    }
    outputs = metafile.outputs
  })

  /** The packages that loading an entry loads, dynamic imports left out. */
  function packagesOf(entry: string): Set<string> {
    const seen = new Set<string>()
    const packages = new Set<string>()
    const visit = (file: string) => {
      if (seen.has(file)) return
      seen.add(file)
      for (const input of Object.keys(outputs[file]?.inputs ?? {})) {
        const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]
        if (name) packages.add(name)
      }
      for (const { path, kind, external } of outputs[file]?.imports ?? []) {
        if (kind === 'dynamic-import') continue
        if (external) packages.add(path)
        else visit(path)
      }
    }
    visit(entry)
    return packages
  }

  it('no command and no hook loads a heavy package before it runs', () => {
    const entries = Object.keys(outputs).filter((file) => file === 'dist/main.js' || /^dist\/(commands|hooks)\//.test(file))
    expect(entries.length).to.be.greaterThan(3)
    for (const file of entries) {
      const heavy = HEAVY.filter((name) => packagesOf(file).has(name))
      expect(heavy, file).to.deep.equal([])
    }
  })
})
