import { open } from 'node:fs/promises'
import { messageOf, ShitopsError } from '../../../base/errors.ts'
import type { Advertisement } from '../advertisement.ts'
import type { Redact } from './redact.ts'
import type { AdvertisementSource } from './source.ts'

export interface Recording {
  /** Append a batch; resolves when the system has it. */
  write(batch: readonly Advertisement[]): Promise<void>
  close(): Promise<void>
}

/**
 * Begin a recording that `--source file:PATH` reads again: a JSON line per advertisement. What is in it is about people, so the owner
 * alone may read it (mode 0600).
 *
 * @param redact what becomes of an advertisement before it is written; null writes it as it was heard, addresses and all
 * @throws SHITOPS_E_FILE
 */
export async function openRecording(path: string, redact: Redact | null): Promise<Recording> {
  const failed = (error: unknown) => new ShitopsError('SHITOPS_E_FILE', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
  const file = await open(path, 'w', 0o600).catch((error: unknown) => {
    throw failed(error)
  })
  // A file that was there keeps its mode when it is opened.
  await file.chmod(0o600)
  return {
    write: async (batch) => {
      const lines = batch.map((advertisement) => lineOf(redact ? redact(advertisement) : advertisement))
      await file.write(lines.join('')).catch((error: unknown) => {
        throw failed(error)
      })
    },
    close: () => file.close(),
  }
}

function lineOf({ timestamp, address, addressType, rssi, manufacturerData, receiver }: Advertisement): string {
  const hex = manufacturerData.toString('hex')
  return `${JSON.stringify({ timestamp, address, addressType, rssi, hex, format: 'manufacturerData', receiver })}\n`
}

/** The same source, recorded as it is read; a batch is in the file before its reader gets it. */
export async function* recorded(source: AdvertisementSource, recording: Recording): AsyncGenerator<readonly Advertisement[]> {
  try {
    for await (const batch of source) {
      await recording.write(batch)
      yield batch
    }
  } finally {
    await recording.close()
  }
}
