import { readdir } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { resolve } from 'node:path'
import { transform } from 'esbuild'
import { build } from 'rolldown'
import { laterEntries, leanOclif } from './lean-oclif.mjs'

/** Compiled code, or optional: found in node_modules at run time. */
const external = ['lmdb', 'sql.js', '@node-rs/crc32', '@abandonware/noble', 'lz4-napi', 'snappy', '@mongodb-js/zstd']

/** Ink loads React's developer tools where somebody develops Ink; they are not installed here. */
const withoutDevtools = {
  name: 'without-devtools',
  resolveId: (id) => (id === 'react-devtools-core' ? '\0empty' : null),
  load: (id) => (id === '\0empty' ? 'export default {}' : null),
}

/** `import a, { b as c } from "node:x"`, as the bundler writes it. */
const IMPORT = /^import (?:(\w[\w$]*),? )?(?:\{([^}]*)\} )?from "([^"]+)";$/gm

/**
 * A module of Node that is imported gets a copy of all it exports, and making that copy loads what Node itself leaves for later (of node:http all of
 * fetch, of node:util worker threads); asked for by `getBuiltinModule` it does not.
 */
const builtinsAsTheyAre = (code) =>
  code.replace(IMPORT, (statement, whole, names, id) => {
    if (!isBuiltin(id)) return statement
    const lines = []
    if (whole) lines.push(`const ${whole} = globalThis.process.getBuiltinModule("${id}");`)
    if (names) lines.push(`const {${names.replaceAll(' as ', ': ')}} = globalThis.process.getBuiltinModule("${id}");`)
    return lines.join('')
  })

/** What bundled CommonJS packages expect to find. */
const withDirname = (code) =>
  /\b__(?:dir|file)name\b/.test(code) ? `const __filename = import.meta.filename, __dirname = import.meta.dirname;\n${code}` : code

/** Names stay, so that errors and stack traces of users name what is in the sources. ASCII, because V8 reads that without decoding it. */
const compact = {
  name: 'compact',
  renderChunk: async (code) => {
    const { code: small } = await transform(withDirname(builtinsAsTheyAre(code)), {
      minifyWhitespace: true,
      minifySyntax: true,
      charset: 'ascii',
      format: 'esm',
      target: 'node20.19',
    })
    return { code: small }
  },
}

/**
 * Files that are loaded together are one file: each costs half a millisecond to find, read and link. A module is in the first of these from which
 * static imports lead to it.
 */
const CHUNKS = {
  start: [
    'src/main.ts',
    'src/cli/base-command.ts',
    'src/config/load.ts',
    'src/config/behind-flags.ts',
    'src/config/bus-url.ts',
    'src/bus/open.ts',
    'node_modules/is-wsl/index.js',
  ],
  records: [
    'src/cli/select-flags.ts',
    'src/cli/tail.ts',
    'src/cli/record-format/raw.ts',
    'src/cli/record-format/json.ts',
    'src/cli/produce.ts',
  ],
  kafka: ['src/bus/kafka/index.ts', 'src/bus/kafka/wire/connection.ts'],
}

function chunkGroups() {
  let names
  const nameOf = (id, graph) => {
    if (!names) {
      names = new Map()
      const visit = (module, name) => {
        if (names.has(module) || !graph.getModuleInfo(module)) return
        names.set(module, name)
        for (const next of graph.getModuleInfo(module).importedIds) visit(next, name)
      }
      for (const [name, sources] of Object.entries(CHUNKS)) for (const source of sources) visit(resolve(source), name)
    }
    return names.get(id)
  }
  return Object.keys(CHUNKS).map((name, i, { length }) => ({
    debugName: name,
    name: (id, graph) => (nameOf(id, graph) === name ? name : null),
    priority: length - i,
  }))
}

const sources = async (folder) =>
  (await readdir(folder, { recursive: true }).catch(() => [])).filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file}`)

/** One bundle with code splitting: each command and hook is its own entry, so a command loads only what it needs. */
export async function bundle({ outdir, write = true }) {
  const entries = ['src/main.ts', ...(await sources('src/commands')), ...(await sources('src/hooks'))]
  if (write) await later(`${outdir}/later`)
  const { output } = await build({
    input: Object.fromEntries(entries.map((file) => [file.slice('src/'.length, -'.ts'.length), file])),
    platform: 'node',
    external,
    write,
    transform: { define: { 'process.env.NODE_ENV': '"production"' }, target: 'node20.19' },
    checks: { ineffectiveDynamicImport: false },
    plugins: [withoutDevtools, leanOclif, compact],
    output: {
      dir: outdir,
      format: 'esm',
      keepNames: true,
      minify: false,
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      // No two names that differ only in case.
      hashCharacters: 'hex',
      codeSplitting: { groups: chunkGroups() },
    },
  })
  return output
}

/** What oclif seldom loads, as CommonJS, for it loads with `require`. */
const later = (dir) =>
  build({
    input: laterEntries(),
    platform: 'node',
    output: {
      dir,
      format: 'cjs',
      minify: true,
      keepNames: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name]-[hash].cjs',
      hashCharacters: 'hex',
    },
  })
