import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** Packages that oclif asks for and a command does not: help, spinners, what looks for commands without a manifest. Each is its own file in dist/later. */
export const LATER = [
  'ansi-escapes',
  'clean-stack',
  'cli-spinners',
  'ejs',
  'get-package-type',
  'indent-string',
  'lilconfig',
  'minimatch',
  'string-width',
  'tinyglobby',
  'typescript',
  'widest-line',
  'wordwrap',
  'wrap-ansi',
]

const require = createRequire(import.meta.url)
/** The folder of oclif; what it asks for is looked for from there. */
export const OCLIF = dirname(require.resolve('@oclif/core/run'))

/** Its file of a package, as oclif would find it. */
export const laterEntries = () => {
  const from = createRequire(`${OCLIF}/main.js`)
  return Object.fromEntries(LATER.flatMap((name) => (name === 'typescript' ? [] : [[name, from.resolve(name)]])))
}

/** Rolldown plugin: oclif loads what it needs when it needs it, so a command pays for the tenth of oclif that it uses. */
export const leanOclif = {
  name: 'lean-oclif',
  resolveId: (id, importer) => (importer?.startsWith(OCLIF) && LATER.includes(id) ? { id: `./later/${id}.cjs`, external: true } : null),
  transform: {
    filter: { id: new RegExp(`^${RegExp.escape?.(OCLIF) ?? OCLIF.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/.*\\.js$`) },
    handler: (code, id) => ({ code: lazily(corrected(code, id.slice(OCLIF.length + 1))) }),
  },
}

/** What costs oclif more than it has to, with the same outcome. */
const CORRECTIONS = {
  // Loads semver to compare two versions; src/main.ts does that.
  'index.js': ['\ncheckNodeVersion();', ''],
  // Loads the configuration a second time for the command that it runs, in case that came with an oclif of another version.
  'config/config.js': ['if (isConfig(opts)) {', 'if (opts instanceof Config) return opts; if (isConfig(opts)) {'],
  // The same function; wsl-utils adds PowerShell and child processes.
  'util/os.js': ["(await import('wsl-utils')).isWsl", "(await import('is-wsl')).default"],
}

function corrected(code, file) {
  const [from, to] = CORRECTIONS[file] ?? ['', '']
  if (!code.includes(from)) throw new Error(`@oclif/core/lib/${file} no longer says ${from}: see scripts/lean-oclif.mjs`)
  return code.replace(from, to)
}

/** As the TypeScript compiler writes the top of a CommonJS module; the number in `x_1` makes its names unlike any other word of the file. */
const REQUIRE = /^(?:const|var) (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm

/** `const x_1 = require("x")` becomes a function that loads it once, and each use of x_1 a call of that (what Babel calls `lazy`). */
export function lazily(source) {
  const names = []
  const declared = source.replace(REQUIRE, (_, name, load) => {
    names.push(name)
    return `let $${name}; const $load_${name} = () => ($${name} ??= ${load});`
  })
  return names.reduce(
    (text, name) =>
      text
        .replace(new RegExp(`\\bnew ${name}\\.(\\w+)`, 'g'), `new ($load_${name}().$1)`)
        .replace(new RegExp(`(?<![\\w$])${name}\\b`, 'g'), `$load_${name}()`),
    declared,
  )
}
