import { readdir } from 'node:fs/promises'
import { build } from 'esbuild'

/** What the bundled CommonJS packages expect to find. */
const banner = `import{createRequire as __cr}from'node:module';import{fileURLToPath as __fu}from'node:url';import{dirname as __dn}from'node:path';
const require=__cr(import.meta.url);const __filename=__fu(import.meta.url);const __dirname=__dn(__filename);`

/** Compiled code, or optional: found in node_modules at run time. */
const external = ['lmdb', 'sql.js', '@node-rs/crc32', '@abandonware/noble', 'lz4-napi', 'snappy', '@mongodb-js/zstd']

/** Ink loads React's developer tools where somebody develops Ink; they are not installed here. */
const withoutDevtools = {
  name: 'without-devtools',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'empty' }))
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }))
  },
}

const sources = async (folder) =>
  (await readdir(folder, { recursive: true }).catch(() => [])).filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file}`)

/** One esbuild bundle with code splitting: each command and hook is its own entry, so a command loads only what it needs. */
export async function bundle(options) {
  return build({
    entryPoints: ['src/main.ts', ...(await sources('src/commands')), ...(await sources('src/hooks'))],
    outbase: 'src',
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external,
    plugins: [withoutDevtools],
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: banner },
    logLevel: 'warning',
    ...options,
  })
}
