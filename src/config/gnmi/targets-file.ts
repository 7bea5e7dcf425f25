import { dirname } from 'node:path'
import { z } from 'zod'
import type { Layer } from '../../collectors/gnmi/targets/resolve.ts'
import type { TargetsSettings } from '../../collectors/gnmi/targets/settings.ts'
import { type FileForm, problemsOf } from '../check.ts'
import type { ConfigProblem } from '../problem.ts'
import { withoutNothing } from '../read-file.ts'
import type { Environment } from '../section.ts'
import { allPaths, tolerant } from '../settings.ts'
import { readYaml } from '../yaml-text.ts'
import { targetsShape } from './schema.ts'
import { fileProblems, wholePaths } from './settings.ts'

/** What a targets file says, and what is wrong with it. */
export interface TargetsFile {
  settings: TargetsSettings
  problems: ConfigProblem[]
}

const SECTION = 'gnmi.'
let form: FileForm | undefined

/** What may stand in a targets file; made once. */
function targetsForm(): FileForm {
  const paths = () => allPaths().flatMap((path) => (path.startsWith(SECTION) ? [path.slice(SECTION.length)] : []))
  form ??= { schema: tolerant(z.strictObject(targetsShape(z))), paths: paths() }
  return form
}

/**
 * A targets file: `defaults`, `subscriptions`, `targets` and `librenms` of the section `gnmi`, at its top. A file that says nothing is wrong:
 * it is more likely to be cut off than to mean that there are no targets, which `targets: []` says.
 * @param file absolute path @param under the section `gnmi` that it builds on
 */
export function parseTargetsFile(text: string, file: string, under: Layer, env: Environment): TargetsFile {
  const yaml = readYaml(text, file)
  if ('problems' in yaml) return { settings: {}, problems: yaml.problems }
  const { value, place } = yaml
  const problems = problemsOf(value, targetsForm()).map(({ keyed, keys, ...problem }) => ({ ...problem, origin: place(keys, keyed) }))
  if (problems.length > 0) return { settings: {}, problems }
  const said = withoutNothing(value) as object
  if (Object.keys(said).length === 0) {
    return {
      settings: {},
      problems: [{ path: '', message: 'says nothing', origin: place([]), suggestion: 'write targets: [] if there are none' }],
    }
  }
  const settings = wholePaths('', said, dirname(file), env) as TargetsSettings
  return { settings, problems: fileProblems(settings, under, place) }
}
