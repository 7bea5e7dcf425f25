/** `npm run wasm`: each WebAssembly text of src/bus/kafka as a module in base64, beside it. A test holds the two together. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import loadWabt from 'wabt'

export const TEXTS = ['codec-wasm/blocks.wat', 'lines/encode.wat'] as const

const pathOf = (text: string) => new URL(`../src/bus/kafka/${text}`, import.meta.url)
const compiledOf = (text: string) => pathOf(text.replace(/wat$/, 'wasm.ts'))

/** What is written beside a text. */
export async function compile(text: string): Promise<string> {
  const { parseWat } = await loadWabt()
  const module = parseWat(text, await readFile(pathOf(text), 'utf8'), { simd: true, bulk_memory: true })
  module.resolveNames()
  module.validate()
  const lines = Buffer.from(module.toBinary({}).buffer)
    .toString('base64')
    .match(/.{1,120}/g)
  const name = basename(text, '.wat').toUpperCase()
  const parts = lines?.map((line) => `  '${line}',`).join('\n')
  return `/** ${basename(text)}, compiled by \`npm run wasm\`; base64. */\nexport const ${name}_WASM = [\n${parts}\n].join('')\n`
}

/** What is there beside a text. */
export function compiled(text: string): Promise<string> {
  return readFile(compiledOf(text), 'utf8')
}

if (process.argv[1] === new URL(import.meta.url).pathname) for (const text of TEXTS) await writeFile(compiledOf(text), await compile(text))
