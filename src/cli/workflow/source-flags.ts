import { Args, Flags } from '@oclif/core'
import { ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'

const INPUT = 'INPUT'

export const fileArgs = {
  files: Args.string({
    name: 'FILE',
    description: 'event logs: XES, OCEL 2.0, CSV, NDJSON, also gzipped; without one the topic workflow_events is read',
    multiple: true,
    multipleNonGreedy: true,
  }),
}

/** Where workflow events come from; the same for every command that asks something of them. */
export const sourceFlags = {
  from: Flags.string({ summary: 'Of the topic: where to begin, as in tail.', helpValue: 'POSITION', helpGroup: INPUT }),
  to: Flags.string({ summary: 'Of the topic: where to stop, not included.', helpValue: 'POSITION', helpGroup: INPUT }),
  process: Flags.string({ summary: 'Only events of this process.', helpValue: 'NAME', helpGroup: INPUT }),
  map: Flags.string({
    summary: 'Of a file: which column plays which part, as in case=Order,activity=Step,time=At.',
    helpValue: 'PART=NAME,…',
    helpGroup: INPUT,
    multiple: true,
    multipleNonGreedy: true,
  }),
  zone: Flags.string({ summary: 'Of a file: where times without a zone were written.', helpValue: 'ZONE', helpGroup: INPUT }),
}

export interface SourceFlags {
  from?: string | undefined
  to?: string | undefined
  process?: string | undefined
  map?: readonly string[] | undefined
  zone?: string | undefined
}

/** `case=Order,activity=Step` as an object. SHITOPS_E_USAGE for a part that no column can play. */
export function parseMap<Role extends string>(texts: readonly string[], roles: readonly Role[]): Partial<Record<Role, string>> {
  const map: Partial<Record<Role, string>> = {}
  for (const pair of texts.flatMap((text) => text.split(','))) {
    const equals = pair.indexOf('=')
    const [name, column] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
    const role = roles.find((each) => each === name)
    if (role && column !== '') {
      map[role] = column
      continue
    }
    const like = nearest(name, roles)
    throw new ShitopsError('SHITOPS_E_USAGE', `--map ${pair}: ${role ? 'the column is missing' : `"${name}" is no part of an event`}`, {
      suggestions: [...(like && !role ? [`--map ${like}=${column}`] : []), `parts are ${roles.join(', ')}`],
    })
  }
  return map
}
