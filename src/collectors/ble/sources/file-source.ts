import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { ShitopsError } from '../../../base/errors.ts'
import { unreadable } from '../../../base/unreadable.ts'
import { untilAborted } from '../../until-aborted.ts'
import type { Advertisement } from '../advertisement.ts'
import { captureSource } from './capture/capture-source.ts'
import type { SourceContext } from './source.ts'

const CHUNK_BYTES = 256 * 1024

const typed = (path: string) => `--source file:${path}`

/**
 * The advertisements of a capture file, read as they are asked for.
 * @throws SHITOPS_E_USAGE for no path, SHITOPS_E_FILE at once when the file cannot be opened; while reading, when it is no capture
 */
export async function openFile(path: string, context: SourceContext): Promise<AsyncGenerator<readonly Advertisement[]>> {
  if (path === '')
    throw new ShitopsError('SHITOPS_E_USAGE', '--source file: names no file', { suggestions: ['--source file:scan.btsnoop'] })
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw unreadable(path, error, typed)
  })
  if ((await stat(path)).isDirectory()) throw new ShitopsError('SHITOPS_E_FILE', `${path} is a folder, not a capture`)
  return captureSource(untilAborted(fileChunks(path), context.signal), path, context)
}

async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES })
  } catch (error) {
    throw unreadable(path, error, typed)
  }
}

/** The advertisements of a capture on standard input. */
export function stdinSource(input: AsyncIterable<Uint8Array>, context: SourceContext): AsyncGenerator<readonly Advertisement[]> {
  return captureSource(untilAborted(input, context.signal), 'standard input', context)
}
