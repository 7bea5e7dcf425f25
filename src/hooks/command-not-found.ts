import type { Hook } from '@oclif/core'
import { EXIT } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { formatError } from '../cli/error-report.ts'

/** Say what was meant, perhaps; never run a guess. A topic with a wrong command lists the topic's own. */
const hook: Hook.CommandNotFound = async ({ id, argv, config }) => {
  const typed = id.replaceAll(':', ' ')
  const known = config.commands.filter((command) => !command.hidden).map((command) => command.id.replaceAll(':', ' '))
  const like = nearest(typed, known) ?? nearest(typed.split(' ')[0] ?? '', new Set(known.map((name) => name.split(' ')[0] ?? '')))
  // As kubectl and git take them; oclif does not, and "shitops bus" is not what is meant by --bus.
  const flag = typed.startsWith('-')
  const report = {
    code: 'SHITOPS_E_COMMAND_UNKNOWN' as const,
    message: flag ? `the command comes before its flags, and ${id} stands in its place` : `"${typed}" is not a shitops command`,
    suggestions: flag
      ? [`shitops COMMAND ${[id, ...(argv ?? [])].slice(0, id.includes('=') ? 1 : 2).join(' ')}`, 'shitops --help']
      : [...(like ? [`shitops ${like}`] : []), 'shitops --help'],
    exit: EXIT.notFound,
  }
  if (argv?.includes('--json')) process.stdout.write(`${JSON.stringify({ error: report })}\n`)
  else process.stderr.write(`${formatError(report)}\n`)
  process.exitCode = EXIT.notFound
}

export default hook
