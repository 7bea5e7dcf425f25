import { createReadStream } from 'node:fs'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { stdinChunks } from '../stdio.ts'

/**
 * The bytes of a series.
 * @param file a path, or - for stdin
 * @throws SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED
 */
export async function* seriesChunks(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    yield* stdinChunks(signal, 'a CSV of timestamp,value')
    return
  }
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18, signal })) yield chunk as Buffer
  } catch (cause) {
    if (signal.aborted) return
    const code = isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE'
    throw new ShitopsError(code, `${file} cannot be read: ${messageOf(cause)}`, { cause, suggestions: ['give a CSV, or - for stdin'] })
  }
}
