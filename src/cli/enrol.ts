import type { Clock } from '../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../base/duration.ts'
import { ShitopsError } from '../base/errors.ts'
import { INSTANT_FORMS, parseInstant } from '../base/instant.ts'
import { readSecretFile } from '../base/secret-file.ts'
import { ALIAS, type EnrolledEntry } from '../collectors/ble/keys/enrolment.ts'
import { addHeadset, exists, readEnrolment, removeHeadset } from '../collectors/ble/keys/enrolment-file.ts'
import { looksLikeKey } from '../collectors/ble/keys/key.ts'
import { parseKeyText } from '../collectors/ble/keys/key-text.ts'

export interface EnrolOptions {
  /** The enrolment file. */
  file: string
  /** What stood on the command line after the action. */
  words: readonly string[]
  from?: string | undefined
  purpose?: string | undefined
  basis?: string | undefined
  expires?: string | undefined
  team?: string | undefined
  /** Standard input, read only when the keys come from there. */
  keys(): AsyncIterable<Uint8Array>
  clock: Clock
}

/** An enrolment as it may be shown: which keys there are, never what they are. */
export interface ShownHeadset {
  alias: string
  team: string | null
  keys: string[]
  purpose: string
  basis: string
  /** RFC 3339 */
  expires: string
  state: 'active' | 'expired'
}

export interface EnrolResult {
  file: string
  /** There is no such file, and so nobody in it. */
  missing?: true
  /** What was done; absent for list. */
  added?: string
  removed?: string
  headsets: ShownHeadset[]
}

/** Add, list or remove, and what stands in the file afterwards. */
export async function enrol(action: string, options: EnrolOptions): Promise<EnrolResult> {
  refuseKeysInArgv(options.words)
  const [alias] = options.words
  if (action === 'list') return (await exists(options.file)) ? show(options) : { file: options.file, missing: true, headsets: [] }
  if (alias === undefined) throw usage(`${action} needs the alias of a headset`, `shitops scan enrol ${action} ALIAS`)
  if (action === 'remove') {
    await removeHeadset(options.file, alias)
    return { ...(await show(options)), removed: alias }
  }
  await add(alias, options)
  return { ...(await show(options)), added: alias }
}

async function add(alias: string, options: EnrolOptions): Promise<void> {
  const { purpose, basis, team, from, clock, file } = options
  if (!ALIAS.test(alias)) throw usage(`"${alias}" is no alias`, 'letters, digits, ".", "_" and "-", at most 64')
  if (!purpose?.trim() || !basis?.trim() || !options.expires) {
    throw usage('every enrolment says what for, on what basis and until when', '--purpose TEXT --basis TEXT --expires WHEN')
  }
  const expires = expiry(options.expires, clock.now())
  const { irk, enc } = parseKeyText(from === undefined ? await textOf(options.keys()) : await readSecretFile(from))
  await addHeadset(file, { alias, team, irk, enc, purpose, basis, expires })
}

/** A duration counts from now on; anything else is an instant, and must lie ahead. */
function expiry(text: string, now: number): number {
  const span = parseDuration(text)
  const expires = span === undefined ? parseInstant(text, now) : now + span
  if (expires === undefined) throw usage(`"${text}" is no time`, `--expires ${INSTANT_FORMS}`, `--expires ${DURATION_FORMS}`)
  if (expires <= now) throw usage(`--expires ${text} has passed`, 'give a time that lies ahead')
  return expires
}

/** Never repeats what it found: it may be a key. */
function refuseKeysInArgv(words: readonly string[]): void {
  if (words.length <= 1 && !words.some(looksLikeKey)) return
  throw new ShitopsError('SHITOPS_E_USAGE', 'one alias and no more: keys are never given on the command line', {
    suggestions: ['give the keys on stdin, or with --from FILE (mode 0600)', 'if that was a key, remove it from the history of your shell'],
  })
}

function usage(message: string, ...suggestions: string[]): ShitopsError {
  return new ShitopsError('SHITOPS_E_USAGE', message, { suggestions })
}

async function show({ file, clock }: EnrolOptions): Promise<EnrolResult> {
  const entries = await readEnrolment(file)
  return { file, headsets: entries.map((entry) => shown(entry, clock.now())) }
}

function shown({ alias, team, enc, purpose, basis, expires }: EnrolledEntry, now: number): ShownHeadset {
  return {
    alias,
    team: team ?? null,
    keys: enc === undefined ? ['irk'] : ['irk', 'enc'],
    purpose,
    basis,
    expires: new Date(expires).toISOString(),
    state: now < expires ? 'active' : 'expired',
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(chunk)
  return Buffer.concat(pieces).toString('utf8')
}
