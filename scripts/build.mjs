/**
 * The build: one esbuild bundle with code splitting (each command its own entry, so a command loads only what it needs), then the
 * oclif manifest. Natives stay outside. It is written beside dist and swapped in, so a running shitops never meets half a build.
 */
import { execFileSync } from 'node:child_process'
import { readdir, rename, rm } from 'node:fs/promises'
import { build } from 'esbuild'

/** What the bundled CommonJS packages expect to find. */
const banner = `import{createRequire as __cr}from'node:module';import{fileURLToPath as __fu}from'node:url';import{dirname as __dn}from'node:path';
const require=__cr(import.meta.url);const __filename=__fu(import.meta.url);const __dirname=__dn(__filename);`

/** Compiled code, or optional: found in node_modules at run time. */
const external = ['lmdb', '@abandonware/noble', 'lz4-napi', 'snappy', '@mongodb-js/zstd']

const commands = (await readdir('src/commands', { recursive: true })).filter((file) => file.endsWith('.ts'))
const hooks = await readdir('src/hooks').catch(() => [])
const fresh = `dist.${process.pid}`
try {
  await build({
    entryPoints: ['src/main.ts', ...commands.map((file) => `src/commands/${file}`), ...hooks.map((file) => `src/hooks/${file}`)],
    outbase: 'src',
    outdir: fresh,
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external,
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: banner },
    logLevel: 'warning',
  })
  const old = `${fresh}.old`
  await rename('dist', old).catch(() => {})
  await rename(fresh, 'dist')
  await rm(old, { recursive: true, force: true })
} finally {
  await rm(fresh, { recursive: true, force: true })
}
// Its chatter (an update notice) is kept back; a failure throws with what it said.
execFileSync('npx', ['--no-install', 'oclif', 'manifest'], { stdio: ['ignore', 'ignore', 'pipe'] })
