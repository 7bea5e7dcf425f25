/** `npm run build:wasm`: the block decoders of src/bus/kafka as a WebAssembly module in base64, from their text beside it. */
import { readFile, writeFile } from 'node:fs/promises'
import loadWabt from 'wabt'

const folder = new URL('../src/bus/kafka/codec-wasm/', import.meta.url)

/** The module's bytes. */
export async function assemble(): Promise<Buffer> {
  const wabt = await loadWabt()
  const module = wabt.parseWat('blocks.wat', await readFile(new URL('blocks.wat', folder), 'utf8'), { simd: true, bulk_memory: true })
  module.validate()
  return Buffer.from(module.toBinary({}).buffer)
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = `/** blocks.wat, assembled by \`npm run build:wasm\`: a test holds the two together. */\nexport const BLOCKS_WASM =\n  '${(await assemble()).toString('base64')}'\n`
  await writeFile(new URL('blocks.wasm.ts', folder), text)
}
