import { readFile } from 'node:fs/promises'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Entry } from '../origin.ts'
import type { ConfigProblem } from '../problem.ts'
import type { Environment } from '../section.ts'
import type { GnmiSettings } from './settings.ts'
import { parseTargetsFile } from './targets-file.ts'

/** What is wrong with the files that the section `gnmi` names: its targets file and its mappings. */
export async function problemsInNamedFiles(
  { targets, targetsFile, mappings }: GnmiSettings,
  entries: readonly Entry[],
  env: Environment,
): Promise<ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  const wrong = (path: string, at: readonly number[], message: string) => {
    const entry = entries.find((candidate) => candidate.path === path)
    problems.push({ path, message, origin: entry?.within?.(at) ?? entry?.origin ?? { kind: 'default' } })
  }
  if (targetsFile !== undefined) {
    const text = await textOf(targetsFile)
    if (text instanceof Error) wrong('gnmi.targetsFile', [], `names ${targetsFile}, which cannot be read: ${text.message}`)
    else problems.push(...parseTargetsFile(text, targetsFile, targets, env).problems)
  }
  for (const [i, file] of mappings.entries()) {
    const text = await textOf(file)
    if (text instanceof Error) wrong('gnmi.mappings', [i], `names ${file}, which cannot be read: ${text.message}`)
    else {
      const flaw = await flawOf(text, file)
      if (flaw) wrong('gnmi.mappings', [i], `names ${file}, which is no mapping: ${flaw}`)
    }
  }
  return problems
}

const textOf = (file: string): Promise<string | Error> => readFile(file, 'utf8').catch((error: unknown) => new Error(messageOf(error)))

async function flawOf(text: string, file: string): Promise<string | undefined> {
  const { parseMapping } = await import('../../collectors/gnmi/normalise/parse-mapping.ts')
  try {
    await parseMapping(text, file)
    return undefined
  } catch (error) {
    if (error instanceof ShitopsError) return error.message
    throw error
  }
}
