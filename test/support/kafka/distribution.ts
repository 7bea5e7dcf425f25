import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))

/** What is on this machine to run Kafka with. */
export interface Distribution {
  /** Class path of broker and tools. The text is part of the class-data archive's identity: never reorder it. */
  classPath: string
  /** Class-data archive: brings a broker's start from about 2 s to under 1 s. */
  archive: string
  /** Configuration of log4j 2: warnings and the two lines that say "started". */
  logging: string
}

/** Why there can be no Kafka here, or null. */
export async function missingForKafka(): Promise<string | null> {
  for (const [program, flag] of [
    ['java', '-version'],
    ['mvn', '-version'],
  ] as const) {
    const found = await run(program, [flag]).then(
      () => true,
      () => false,
    )
    if (!found) return `${program} is not on PATH (Debian: apt-get install openjdk-17-jre-headless maven)`
  }
  return null
}

let fetched: Promise<Distribution> | undefined

/**
 * The jars of pom.xml from Maven Central and a class-data archive made with them, fetched once a machine.
 * Cache: $SHITOPS_TEST_CACHE or ~/.cache/shitops-test, in a folder named by the hash of pom.xml (about 110 MB).
 */
export function fetchKafka(): Promise<Distribution> {
  fetched ??= fetchOnce()
  return fetched
}

async function fetchOnce(): Promise<Distribution> {
  const pom = await readFile(join(here, 'pom.xml'))
  const cache = process.env.SHITOPS_TEST_CACHE || join(homedir(), '.cache', 'shitops-test')
  const home = join(cache, `kafka-${createHash('sha256').update(pom).digest('hex').slice(0, 12)}`)
  if (!existsSync(home)) await download(cache, home)
  const jars = (await readdir(join(home, 'lib'))).filter((name) => name.endsWith('.jar')).sort()
  const distribution = {
    classPath: jars.map((name) => join(home, 'lib', name)).join(':'),
    archive: join(home, 'kafka.jsa'),
    logging: join(home, 'log4j2.properties'),
  }
  if (!existsSync(distribution.archive)) await makeArchive(distribution)
  return distribution
}

/** Into a folder of its own first, so that two test runs at once, or an interrupted one, leave no half cache. */
async function download(cache: string, home: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'fetch-'))
  try {
    const arguments_ = ['-q', '-B', '-ntp', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime']
    await run('mvn', [...arguments_, `-DoutputDirectory=${join(fresh, 'lib')}`])
    await writeFile(join(fresh, 'log4j2.properties'), LOGGING)
    await rename(fresh, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error
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
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`

/** One short life of a broker that writes its loaded classes down as it ends. */
async function makeArchive(distribution: Distribution): Promise<void> {
  const { startNode } = await import('./node.ts')
  const { formatNode, freePorts, writeProperties } = await import('./properties.ts')
  const folder = await mkdtemp(join(dirname(distribution.archive), 'archive-'))
  const fresh = join(folder, 'kafka.jsa')
  try {
    const [plaintext, controller] = (await freePorts(2)) as [number, number]
    const plan = { id: 1, rack: 'a', folder, ports: { plaintext }, controller, voters: [{ id: 1, port: controller }] }
    await writeProperties(plan, { brokers: 1, listeners: ['plaintext'], extra: {} })
    await formatNode(distribution, plan, { clusterId: 'shitops-archive-00000w', scramUsers: {} })
    const node = await startNode({ ...distribution, archive: '' }, plan, [`-XX:ArchiveClassesAtExit=${fresh}`])
    node.signal('SIGTERM')
    await waitFor('the class-data archive', () => !node.running() && existsSync(fresh), 60_000)
    await rename(fresh, distribution.archive)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
