import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from '@oclif/core'
import { Plugin } from '@oclif/core/config'
import type { PJSON } from '@oclif/core/interfaces'

/** What the build writes of each command (dist/commands.json): its file, and whether words may follow its name. */
export type CommandIndex = Record<string, { file: string; takesWords: boolean }>

/**
 * The command that these words name beyond doubt, as oclif would find it: the longest that they begin with, with nothing behind it that could be more
 * of a name. Help and what has a colon are left to oclif, which then reads the manifest and the plugins.
 */
export function findDirect(
  argv: readonly string[],
  index: CommandIndex,
  helpFlags: readonly string[],
): { id: string; rest: string[] } | undefined {
  if (argv[0] === 'help' || argv[0]?.includes(':') || argv.some((word) => helpFlags.includes(word))) return undefined
  let length = argv.findIndex((word) => word.startsWith('-') || word.includes('='))
  if (length < 0) length = argv.length
  for (; length > 0; length--) {
    const id = argv.slice(0, length).join(':')
    if (!Object.hasOwn(index, id)) continue
    const next = argv[length]
    const isWhole = next === undefined || next.startsWith('-') || next.includes('=') || index[id]?.takesWords
    return isWhole ? { id, rest: argv.slice(length) } : undefined
  }
  return undefined
}

/**
 * For oclif: the one plugin that is needed to run a command named beyond doubt, or to tell the version. It saves reading the manifest of all commands (330 KB) and the
 * plugins' (a tenth of a start); undefined where oclif has to look for itself.
 * @param root folder of package.json
 */
export function directPlugin(argv: readonly string[], root: string, pjson: PJSON): { plugin: Plugin; argv: string[] } | undefined {
  if (isVersion(argv[0], pjson)) return { plugin: pluginOf([], root, pjson), argv: [...argv] }
  const index = readIndex(join(root, 'dist', 'commands.json'))
  const found = index && findDirect(argv, index, ['--help', ...(pjson.oclif.additionalHelpFlags ?? [])])
  const file = found && index[found.id]?.file
  if (!file) return undefined
  const { id, rest } = found
  const load = async () => {
    const { default: command }: { default: Command.Class } = await import(pathToFileURL(join(root, file)).href)
    return Object.assign(command, { id, plugin })
  }
  const plugin = pluginOf([{ ...UNREAD, id, load }], root, pjson)
  return { plugin, argv: [id, ...rest] }
}

const isVersion = (word: string | undefined, { oclif }: PJSON) =>
  ['--version', ...(oclif.additionalVersionFlags ?? [])].includes(word ?? '')

/** What oclif would know of a command from its manifest, as far as it asks before the command is loaded. */
const UNREAD = { aliases: [], hiddenAliases: [], args: {}, flags: {}, hidden: false, strict: false }

/** shitops itself as a plugin that is loaded already, with these commands. */
function pluginOf(commands: Command.Loadable[], root: string, pjson: PJSON): Plugin {
  const hooks = Object.entries(pjson.oclif.hooks ?? {}).map(([event, targets]) => [
    event,
    [targets].flat().map((hook) => ({ identifier: 'default', ...(typeof hook === 'string' ? { target: hook } : hook) })),
  ])
  return Object.assign(new Plugin({ isRoot: true, pjson, root }), {
    root,
    pjson,
    name: pjson.name,
    alias: pjson.name,
    version: pjson.version,
    type: 'core',
    isRoot: true,
    valid: true,
    hasManifest: true,
    moduleType: 'module' as const,
    hooks: Object.fromEntries(hooks),
    commandIDs: commands.map(({ id }) => id),
    commands,
  })
}

/** Undefined where there is none: in a bundle whose manifest is still to be written. */
function readIndex(file: string): CommandIndex | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
