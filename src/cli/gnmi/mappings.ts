import { readFile } from 'node:fs/promises'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { compileMappings } from '../../collectors/gnmi/normalise/built-in-mappings.ts'
import type { CompiledMappings } from '../../collectors/gnmi/normalise/compiled-mappings.ts'

/** The built-in mappings, and before them those of the files. @throws SHITOPS_E_FILE, SHITOPS_E_GNMI_MAPPING */
export async function mappingsOf(files: readonly string[]): Promise<CompiledMappings> {
  return compileMappings(await Promise.all(files.map(async (name) => ({ name, text: await textOf(name) }))))
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const code = isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE'
    throw new ShitopsError(code, `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
}
