/** Writes src/bus/kafka/lines/encode-wasm.ts from encode.wat beside it: `npm run wasm`. A test compares them. */
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const folder = fileURLToPath(new URL('../src/bus/kafka/lines/', import.meta.url))

/** The TypeScript module that holds the compiled text. */
export async function encoderModule() {
  const { parseWat } = await wabt()
  const text = parseWat('encode.wat', await readFile(resolve(folder, 'encode.wat'), 'utf8'), { simd: true, bulk_memory: true })
  try {
    text.resolveNames()
    text.validate()
    const { buffer } = text.toBinary({})
    const lines = Buffer.from(buffer)
      .toString('base64')
      .match(/.{1,120}/g)
    const parts = lines.map((line) => `  '${line}',`).join('\n')
    return `/** encode.wat, compiled by \`npm run wasm\`; base64. */\nexport const ENCODE_WASM = [\n${parts}\n].join('')\n`
  } finally {
    text.destroy()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(resolve(folder, 'encode-wasm.ts'), await encoderModule())
