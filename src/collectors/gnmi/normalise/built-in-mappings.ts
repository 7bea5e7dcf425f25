import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isNotAllowed, messageOf, ShitopsError } from '../../../base/errors.ts'
import { packageFile } from '../../../base/package-file.ts'
import { CompiledMappings } from './compiled-mappings.ts'
import { parseMapping } from './parse-mapping.ts'
import type { Mapping } from './rule.ts'

/** The mappings that ship with shitops, one file for each family of devices, by name. */
export async function builtInMappings(): Promise<Mapping[]> {
  const folder = packageFile(join('mappings', 'gnmi'))
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort()
  return Promise.all(files.map(async (file) => parseMapping(await readFile(join(folder, file), 'utf8'), file)))
}

/**
 * The rules to work by, with mapping files of the user.
 * @throws SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED, SHITOPS_E_GNMI_MAPPING
 */
export async function loadMappings(files: readonly string[] = []): Promise<CompiledMappings> {
  return compileMappings(await Promise.all(files.map(async (name) => ({ name, text: await textOf(name) }))))
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE'
    throw new ShitopsError(code, `the mapping file ${file} cannot be read: ${messageOf(error)}`, {
      suggestions: ['check the name of the file', 'docs/gnmi-metrics.md says how a mapping is written'],
      cause: error,
    })
  }
}

/**
 * The rules to work by: the user's first, so that they count where both have one, then the built-in ones.
 * @param own mapping files of the user: their text, and their names for errors
 * @throws SHITOPS_E_GNMI_MAPPING
 */
export async function compileMappings(own: ReadonlyArray<{ name: string; text: string }> = []): Promise<CompiledMappings> {
  const mappings = await Promise.all(own.map(({ name, text }) => parseMapping(text, name)))
  return new CompiledMappings([...mappings, ...(await builtInMappings())])
}
