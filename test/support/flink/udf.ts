import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, isOnPath } from './distribution.ts'

const run = promisify(execFile)
const PROJECT = resolve('deploy/flink-udf')
const JAR = 'shitops-flink-udf-0.1.0.jar'

/** Our own SQL functions that Flink can be given, and their classes in package `shitops.flink`. */
export const FLINK_FUNCTIONS = { EWMA: 'Ewma', ROBUST_Z: 'RobustZ', CORR_LAG: 'CorrLag', FORECAST: 'Forecast' } as const

/** Why deploy/flink-udf cannot be built here, or null. */
export function missingForUdf(): string | null {
  const missing = ['javac', 'mvn'].find((program) => !isOnPath(program))
  return missing ? `${missing} is not on PATH (Debian: apt-get install openjdk-17-jdk-headless maven)` : null
}

let built: Promise<string> | undefined

/** The jar of deploy/flink-udf as `mvn package` makes it, once for each state of its sources. */
export function flinkUdfJar(): Promise<string> {
  built ??= build()
  return built
}

/** Statements that make the functions known to a session of Flink. */
export async function createFunctions(): Promise<string[]> {
  const jar = await flinkUdfJar()
  return Object.entries(FLINK_FUNCTIONS).map(
    ([name, className]) => `CREATE TEMPORARY SYSTEM FUNCTION ${name} AS 'shitops.flink.${className}' USING JAR '${jar}'`,
  )
}

async function build(): Promise<string> {
  const folder = join(cacheFolder(), `flink-udf-${sourcesHash()}`)
  if (existsSync(join(folder, JAR))) return join(folder, JAR)
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(join(dirname(folder), 'build-'))
  try {
    await run('mvn', ['-q', '-B', '-ntp', '-f', join(PROJECT, 'pom.xml'), 'package', `-DbuildFolder=${fresh}`])
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return join(folder, JAR)
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const name of (readdirSync(PROJECT, { recursive: true }) as string[]).sort()) {
    const path = join(PROJECT, name)
    if (!/(\.java|pom\.xml)$/.test(name) || !statSync(path).isFile()) continue
    hash.update(`${name}\0`).update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 12)
}
