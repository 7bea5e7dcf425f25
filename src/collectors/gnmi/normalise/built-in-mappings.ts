import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
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
 * The rules to work by: the user's first, so that they count where both have one, then the built-in ones.
 * @param own mapping files of the user: their text, and their names for errors
 * @throws SHITOPS_E_GNMI_MAPPING
 */
export async function compileMappings(own: ReadonlyArray<{ name: string; text: string }> = []): Promise<CompiledMappings> {
  const mappings = await Promise.all(own.map(({ name, text }) => parseMapping(text, name)))
  return new CompiledMappings([...mappings, ...(await builtInMappings())])
}
