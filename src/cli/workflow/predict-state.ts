import { readFile, rename, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'

/** The form of the file; another one is not read. */
const VERSION = 1

export interface SavedPrediction {
  readonly predictor: unknown
  readonly running: unknown
  /** By partition of workflow_events the offset to go on from. */
  readonly offsets: Record<string, number>
}

/** What an earlier run kept; undefined when there is no such file. SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED */
export async function readState(file: string): Promise<SavedPrediction | undefined> {
  let content: Buffer
  try {
    content = await readFile(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw failure(file, 'read', cause)
  }
  try {
    const { version, ...saved } = JSON.parse((await promisify(gunzip)(content)).toString()) as SavedPrediction & { version: number }
    if (version !== VERSION) throw new Error(`it is of form ${version}, and this version reads ${VERSION}`)
    return saved
  } catch (cause) {
    throw failure(file, 'read', cause)
  }
}

/** Whole or not at all. SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED */
export async function writeState(file: string, saved: SavedPrediction): Promise<void> {
  try {
    const part = `${file}.part`
    await writeFile(part, await promisify(gzip)(JSON.stringify({ version: VERSION, ...saved }), { level: 1 }), { mode: 0o600 })
    await rename(part, file)
  } catch (cause) {
    throw failure(file, 'written', cause)
  }
}

const failure = (file: string, what: string, cause: unknown) =>
  new ShitopsError(isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE', `${file} cannot be ${what}: ${messageOf(cause)}`, {
    cause,
    suggestions: ['--state FILE names a file that an earlier run wrote, or a new one', `rm ${file} learns anew`],
  })
