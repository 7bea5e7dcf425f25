import { createReadStream, type ReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import { isNotAllowed, messageOf, ShitopsError } from '../../../base/errors.ts'

/** Bytes of the file's beginning that tell what it is. */
const HEAD = 64 * 1024
const CHUNK = 128 * 1024

export interface OpenLog {
  /** The first bytes, unpacked. */
  head: Buffer
  /** All bytes, unpacked; the head among them. An archive that is cut off or damaged rejects with {@link ArchiveError}. */
  chunks(): AsyncGenerator<Buffer>
  /** Bytes of the file itself. */
  size: number
  gzip: boolean
}

/** The archive ends before its end, or its checksum is wrong. */
export class ArchiveError extends Error {}

/**
 * Opens a log, looks at its beginning, and reads it as often as asked; gzip is told by its first two bytes.
 * @throws SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED
 */
export async function openLog(path: string, onBytes?: (bytes: number) => void): Promise<OpenLog> {
  const handle = await opened(path)
  try {
    const { size } = await handle.stat()
    const start = Buffer.alloc(HEAD)
    const { bytesRead } = await handle.read(start, 0, HEAD, 0)
    const gzip = bytesRead >= 2 && start[0] === 0x1f && start[1] === 0x8b
    const chunks = (told?: (bytes: number) => void) => readChunks(path, gzip, told)
    return { head: gzip ? await firstOf(chunks()) : start.subarray(0, bytesRead), chunks: () => chunks(onBytes), size, gzip }
  } catch (cause) {
    throw fileError(path, cause)
  } finally {
    await handle.close()
  }
}

async function* readChunks(path: string, gzip: boolean, onBytes: ((bytes: number) => void) | undefined): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK })
  const stream = gzip ? unpacked(file) : file
  let told = 0
  try {
    for await (const chunk of stream) {
      if (onBytes && file.bytesRead > told) {
        onBytes(file.bytesRead - told)
        told = file.bytesRead
      }
      yield chunk as Buffer
    }
  } catch (cause) {
    const code = String((cause as { code?: unknown }).code)
    if (code.startsWith('Z_')) throw new ArchiveError(`the gzip archive is cut off or damaged: ${messageOf(cause)}`, { cause })
    throw fileError(path, cause)
  } finally {
    file.destroy()
  }
}

function unpacked(file: ReadStream): Gunzip {
  const gunzip = createGunzip({ chunkSize: CHUNK })
  file.on('error', (error) => gunzip.destroy(error))
  return file.pipe(gunzip)
}

async function firstOf(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      pieces.push(chunk)
      bytes += chunk.length
      if (bytes >= HEAD) break
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
  }
  return Buffer.concat(pieces).subarray(0, HEAD)
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    throw fileError(path, cause)
  }
}

function fileError(path: string, cause: unknown): unknown {
  if (cause instanceof ShitopsError) return cause
  if (isNotAllowed(cause))
    return new ShitopsError('SHITOPS_E_NOT_ALLOWED', `this user may not read ${path}`, { cause, suggestions: [`ls -l ${path}`] })
  return new ShitopsError('SHITOPS_E_FILE', `${path} cannot be read: ${messageOf(cause)}`, { cause, suggestions: [`ls -l ${path}`] })
}
