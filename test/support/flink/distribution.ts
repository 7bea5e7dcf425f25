import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))

/** What is on this machine to run Flink with. */
export interface FlinkDistribution {
  /** Class path of job manager, task manager and SQL gateway. */
  classPath: string
  /** Configuration of log4j 2: warnings to stderr. */
  logging: string
}

/** Why there can be no Flink here, or null. Maven is needed for the first time only. */
export function missingForFlink(): string | null {
  const programs = existsSync(home()) ? ['java'] : ['java', 'mvn']
  const missing = programs.find((program) => !isOnPath(program))
  return missing ? `${missing} is not on PATH (Debian: apt-get install openjdk-17-jre-headless maven)` : null
}

export function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))
}

/** The cache folder: its name changes with pom.xml. */
function home(): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(here, 'pom.xml')))
    .digest('hex')
  return join(cacheFolder(), `flink-${hash.slice(0, 12)}`)
}

/** Where what was fetched or built for tests is kept. */
export const cacheFolder = (): string => process.env.SHITOPS_TEST_CACHE || join(homedir(), '.cache', 'shitops-test')

let fetched: Promise<FlinkDistribution> | undefined

/**
 * The jars of pom.xml from Maven Central, fetched once a machine.
 * Cache: $SHITOPS_TEST_CACHE or ~/.cache/shitops-test, in a folder named by the hash of pom.xml (140 MB).
 */
export function fetchFlink(): Promise<FlinkDistribution> {
  fetched ??= fetchOnce()
  return fetched
}

async function fetchOnce(): Promise<FlinkDistribution> {
  const folder = home()
  if (!existsSync(folder)) await download(folder)
  const jars = (await readdir(join(folder, 'lib'))).filter((name) => name.endsWith('.jar')).sort()
  return { classPath: jars.map((name) => join(folder, 'lib', name)).join(':'), logging: join(folder, 'log4j2.properties') }
}

/** Into a folder of its own first, so that two test runs at once, or an interrupted one, leave no half cache. */
async function download(folder: string): Promise<void> {
  const cache = dirname(folder)
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'fetch-'))
  try {
    const maven = ['-q', '-B', '-ntp', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime']
    await run('mvn', [...maven, `-DoutputDirectory=${join(fresh, 'lib')}`])
    await writeFile(join(fresh, 'log4j2.properties'), LOGGING)
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

const LOGGING = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.target=SYSTEM_ERR
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{HH:mm:ss.SSS} %p %c{1} %m%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
`
