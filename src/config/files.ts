import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Environment } from './section.ts'

export interface ConfigPlace {
  /** --config or SHITOPS_CONFIG: then the other files are not read. */
  config?: string | undefined
  cwd: string
  env: Environment
  /** The machine-wide folder; /etc/shitops but in tests. */
  etc?: string
}

/** A file that may hold configuration, the strongest first. */
export interface ConfigFile {
  file: string
  exists: boolean
  /** It was asked for by name, so it must be there. */
  named: boolean
}

export const CONFIG_NAME = 'shitops.yaml'

/** The files that are looked at, the strongest first: ./shitops.yaml, the user's, the machine's; or only the one that was named. */
export async function configFiles(place: ConfigPlace): Promise<ConfigFile[]> {
  const { config, cwd, env, etc = '/etc/shitops' } = place
  const files = config === undefined ? [join(cwd, CONFIG_NAME), userConfigFile(env), join(etc, 'config.yaml')] : [resolve(cwd, config)]
  return Promise.all(files.map(async (file) => ({ file, exists: await isThere(file), named: config !== undefined })))
}

/** $XDG_CONFIG_HOME/shitops/config.yaml */
export function userConfigFile(env: Environment): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'shitops', 'config.yaml')
}

const isThere = (file: string) =>
  access(file, constants.F_OK).then(
    () => true,
    () => false,
  )
