import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Client } from './measure-client.ts'

/** How a client is run against a load target; null when it cannot be here, with the reason. */
export type ClientFor = (address: string, encoding: 'PROTO' | 'JSON_IETF') => Client

export interface Absent {
  missing: string
}

/** The plain client as a bundle in `folder`: loading TypeScript is not what is measured. */
export async function plainClient(folder: string): Promise<ClientFor> {
  const program = join(folder, 'plain-client.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('plain-client.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // The packages are CommonJS.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  const file = join(folder, 'plain.json')
  return (address) => ({ command: process.execPath, args: [program, address, file, resolve('proto')], output: { file, by: 'client' } })
}

/** `shitops gnmi subscribe` as it was built. */
export function ourClient(folder: string): ClientFor | Absent {
  const program = resolve('bin/run.js')
  if (!existsSync('dist/commands/gnmi/subscribe.js')) return { missing: 'no built `gnmi subscribe` (npm run build)' }
  const file = join(folder, 'ours.json')
  return (address, encoding) => ({
    command: process.execPath,
    args: [
      ...[program, 'gnmi', 'subscribe', '-a', address, '--insecure', '--path', '/', '--mode', 'stream'],
      ...['--encoding', encoding.toLowerCase(), '--output', 'event', '--quiet', '--no-publish'],
    ],
    env: { NODE_ENV: 'production' },
    output: { file, by: 'stdout' },
  })
}

/**
 * gnmic, from $SHITOPS_GNMIC or PATH. It is not installed here: its go.mod replaces modules by folders of its repository, so `go install` refuses
 * it, and it has to be built in a clone or taken from a release.
 */
export async function gnmic(folder: string): Promise<{ client: ClientFor; version: string } | Absent> {
  const program = process.env.SHITOPS_GNMIC || onPath('gnmic')
  if (!program) return { missing: 'gnmic is neither in $SHITOPS_GNMIC nor on PATH' }
  const { stdout, status } = spawnSync(program, ['version'], { encoding: 'utf8' })
  if (status !== 0) return { missing: `${program} version exited with ${status}` }
  const file = join(folder, 'gnmic.json')
  const settings = join(folder, 'gnmic.yaml')
  await writeFile(settings, JSON.stringify({ outputs: { file: { type: 'file', filename: file, format: 'event' } } }))
  return {
    version: /version\s*:\s*(\S+)/.exec(stdout)?.[1] ?? 'of unknown version',
    client: (address, encoding) => ({
      command: program,
      args: [
        ...['--config', settings, '-a', address, '--insecure', '--encoding', encoding.toLowerCase()],
        ...['subscribe', '--mode', 'stream', '--stream-mode', 'target-defined', '--path', '/'],
      ],
      // It asks on the terminal for what is not set; the target takes anything.
      env: { GNMIC_USERNAME: 'bench', GNMIC_PASSWORD: 'bench' },
      output: { file, by: 'client' },
    }),
  }
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}
