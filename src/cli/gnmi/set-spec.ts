import { readFile } from 'node:fs/promises'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { parseAssignment } from '../../collectors/gnmi/request/assignment.ts'
import type { CommitStep } from '../../collectors/gnmi/request/extensions.ts'
import { planSet, type SetPlan, type SetSpec, type SetValue } from '../../collectors/gnmi/request/set.ts'
import { fileNames, readSetFile } from '../../collectors/gnmi/request/set-file.ts'
import { typedValue, typedValueOfFile } from '../../collectors/gnmi/request/typed-value.ts'
import type { ValueType } from '../../collectors/gnmi/request/value-types.ts'

/** The request flags of `gnmi set` as they were typed. */
export interface SetFlags {
  delete?: string[] | undefined
  replace?: string[] | undefined
  update?: string[] | undefined
  'union-replace'?: string[] | undefined
  'request-file'?: string | undefined
  prefix?: string | undefined
  target?: string | undefined
  encoding: ValueType
  'commit-id'?: string | undefined
  'rollback-after'?: string | undefined
  'commit-confirm'?: boolean | undefined
  'commit-cancel'?: boolean | undefined
  'commit-prolong'?: boolean | undefined
}

/** The Set that the flags describe; files are read. @throws SHITOPS_E_USAGE, SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED */
export async function setPlan(flags: SetFlags, readStdin: () => Promise<Buffer>): Promise<SetPlan> {
  const read = reader(readStdin)
  const commit = commitStep(flags)
  const file = flags['request-file']
  if (file === undefined) return planSet({ ...(await flagSpec(flags, read)), commit })
  const idle = (['delete', 'replace', 'update', 'union-replace'] as const).find((flag) => flags[flag]?.length)
  if (idle) throw usage(`--request-file has the operations, and --${idle} is another`, 'leave out one of them')
  const spec = await readSetFile(file, (await read(file)).toString('utf8'), flags.encoding)
  const own = (name: 'prefix' | 'target') => {
    const [flag, inFile] = [flags[name], spec[name]]
    if (flag === undefined || inFile === undefined || flag === inFile) return flag ?? inFile
    throw usage(`--${name} says "${flag}", and ${file} says "${inFile}"`, 'leave out one of them')
  }
  return planSet({ ...spec, prefix: own('prefix'), target: own('target'), commit }, fileNames(file))
}

async function flagSpec(flags: SetFlags, read: ReadInput): Promise<SetSpec> {
  const values = async (flag: 'replace' | 'update' | 'union-replace'): Promise<SetValue[]> => {
    const found: SetValue[] = []
    for (const text of flags[flag] ?? []) found.push(await setValue(text, flags.encoding, `--${flag}`, read))
    return found
  }
  return {
    prefix: flags.prefix,
    target: flags.target,
    deletes: flags.delete ?? [],
    replaces: await values('replace'),
    updates: await values('update'),
    unionReplaces: await values('union-replace'),
  }
}

/** `PATH:TYPE=VALUE`; a value `@FILE` is what is in the file, `@-` what stdin gives, `@@text` is `@text`. */
async function setValue(text: string, defaultType: ValueType, flag: string, read: ReadInput): Promise<SetValue> {
  const { path, type, value } = parseAssignment(text, defaultType, flag)
  const where = `${flag} ${path}`
  if (value.startsWith('@@')) return { path, value: typedValue(type, value.slice(1), where) }
  if (value.startsWith('@')) return { path, value: typedValueOfFile(type, await read(value.slice(1)), where) }
  return { path, value: typedValue(type, value, where) }
}

function commitStep(flags: SetFlags): CommitStep | undefined {
  const id = flags['commit-id']
  const after = flags['rollback-after']
  const actions = (['commit-confirm', 'commit-cancel', 'commit-prolong'] as const).filter((flag) => flags[flag])
  const [action] = actions
  if (id === undefined) {
    if (action === undefined && after === undefined) return undefined
    throw usage(`--${action ?? 'rollback-after'}: of which commit?`, '--commit-id ID')
  }
  if (actions.length > 1) throw usage(`--${actions.join(' and --')} exclude each other`)
  switch (action) {
    case undefined:
      return { action: 'commit', id, ...(after !== undefined && { rollbackAfter: duration(after) }) }
    case 'commit-prolong':
      if (after === undefined) throw usage('--commit-prolong: for how long?', '--rollback-after 10m')
      return { action: 'set_rollback_duration', id, rollbackAfter: duration(after) }
    default:
      if (after !== undefined) throw usage(`--rollback-after has no meaning with --${action}`, 'leave it out')
      return { action: action === 'commit-confirm' ? 'confirm' : 'cancel', id }
  }
}

function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms) return ms
  throw usage(`--rollback-after "${text}" is no duration: ${DURATION_FORMS}`, '--rollback-after 10m')
}

/** The bytes of a file, or of stdin for `-`, which can be read once. */
type ReadInput = (file: string) => Promise<Buffer>

function reader(readStdin: () => Promise<Buffer>): ReadInput {
  let stdin = false
  return async (file) => {
    if (file === '-') {
      if (stdin) throw usage('stdin (-) is named twice, and can be read once')
      stdin = true
      return readStdin()
    }
    return readFile(file).catch((error: unknown) => {
      const code = isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE'
      throw new ShitopsError(code, `${file || '@'} cannot be read: ${messageOf(error)}`, { cause: error })
    })
  }
}

const usage = (what: string, ...next: string[]) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: next })
