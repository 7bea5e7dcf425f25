import { access } from 'node:fs/promises'
import { extname } from 'node:path'
import { ShitopsError } from '../../../base/errors.ts'
import { readSecretFile, writeSecretFile } from '../../../base/secret-file.ts'
import type { Document } from '../../../base/yaml.ts'
import { type EnrolledEntry, parseEnrolment } from './enrolment.ts'

/** What a new file begins as. */
const EMPTY_FILE =
  '# Headsets whose owners agreed to be tracked. Secret: for the eyes of its owner only (mode 0600).\nversion: 1\nheadsets:\n'

/** What `add` writes; keys as 32 hex digits. */
export interface NewHeadset {
  alias: string
  team?: string | undefined
  irk: Buffer
  enc: Buffer | null
  purpose: string
  basis: string
  /** ms since the epoch */
  expires: number
}

/**
 * The headsets of an enrolment file.
 * @throws SHITOPS_E_SECRET_MODE when others may open it, SHITOPS_E_FILE, SHITOPS_E_CONFIG
 */
export async function readEnrolment(file: string): Promise<EnrolledEntry[]> {
  if (!(await exists(file))) {
    throw new ShitopsError('SHITOPS_E_FILE', `nobody is enrolled: there is no ${file}`, {
      suggestions: ['shitops scan enrol add ALIAS --purpose … --basis … --expires …', '--enrolment FILE'],
    })
  }
  return parseEnrolment(await readSecretFile(file), file)
}

/** Put a headset into the file, which is made where there is none; what else stands in it stays, comments too. */
export async function addHeadset(file: string, headset: NewHeadset): Promise<void> {
  const text = (await exists(file)) ? await readSecretFile(file) : ''
  const entries = await parseEnrolment(text, file)
  if (entries.some(({ alias }) => alias === headset.alias)) {
    throw new ShitopsError('SHITOPS_E_HEADSET_EXISTS', `"${headset.alias}" is enrolled already in ${file}`, {
      suggestions: [`shitops scan enrol remove ${headset.alias}`, 'choose another alias'],
    })
  }
  const { isSeq, parseDocument } = await import('../../../base/yaml.ts')
  const document = parseDocument(text.trim() === '' ? EMPTY_FILE : text)
  const entry = document.createNode(entryOf(headset))
  const headsets = document.get('headsets')
  // An empty list is replaced: YAML writes it as [], and would go on in that style.
  if (isSeq(headsets) && headsets.items.length > 0) headsets.add(entry)
  else document.set('headsets', document.createNode([entry]))
  await save(file, document)
}

/** Take a headset out of the file, keys and all. */
export async function removeHeadset(file: string, alias: string): Promise<void> {
  const index = (await readEnrolment(file)).findIndex((entry) => entry.alias === alias)
  if (index < 0) {
    throw new ShitopsError('SHITOPS_E_HEADSET_UNKNOWN', `no headset "${alias}" is enrolled in ${file}`, {
      suggestions: ['shitops scan enrol list'],
    })
  }
  const { parseDocument } = await import('../../../base/yaml.ts')
  const document = parseDocument(await readSecretFile(file))
  document.deleteIn(['headsets', index])
  await save(file, document)
}

function entryOf({ alias, team, irk, enc, purpose, basis, expires }: NewHeadset) {
  return {
    alias,
    ...(team !== undefined && { team }),
    irk: irk.toString('hex'),
    ...(enc && { enc: enc.toString('hex') }),
    purpose,
    basis,
    expires: new Date(expires).toISOString(),
  }
}

/** A .json file stays JSON; YAML keeps its comments. */
function save(file: string, document: Document): Promise<void> {
  return writeSecretFile(file, extname(file) === '.json' ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString())
}

/** True when there is such a file. */
export const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )
