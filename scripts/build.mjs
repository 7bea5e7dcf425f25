/**
 * The build: one esbuild bundle with code splitting (each command its own entry, so a command loads only what it needs), then the
 * oclif manifest and the files that are read at run time. Natives and what is loaded only on demand stay outside.
 */

import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

const banner = `import{createRequire as __cr}from'node:module';import{fileURLToPath as __fu}from'node:url';import{dirname as __dn}from'node:path';
const require=__cr(import.meta.url);const __filename=__fu(import.meta.url);const __dirname=__dn(__filename);`

await rm('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/main.ts', ...(await commandFiles())],
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['lmdb', '@abandonware/noble', 'lz4-napi', 'snappy', '@mongodb-js/zstd'],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: { js: banner },
  logLevel: 'warning',
})

async function commandFiles() {
  const { readdir } = await import('node:fs/promises')
  const entries = await readdir('src/commands', { recursive: true })
  return entries.filter((file) => file.endsWith('.ts')).map((file) => `src/commands/${file}`)
}
