import { readFile } from 'node:fs/promises'
import { unreadable } from '../../base/unreadable.ts'

/** The script of a file, or of stdin as `-`. */
export async function readSqlText(file: string): Promise<string> {
  if (file === '-') {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  }
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(file, error, (path) => `--file ${path}`)
  }
}
