import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
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
  /** Option of java that names the logging's configuration: warnings and the two lines that say "started". */
  logging: string
}

/** Brokers that there are files of coordinates for: the newest, and the last line before 4.0. */
export type KafkaVersion = '4.3' | '3.9'

const POM: Readonly<Record<KafkaVersion, string>> = { '4.3': 'pom.xml', '3.9': 'pom-3.9.xml' }

/** Why there can be no Kafka here, or null. Maven is needed for the first time only. */
export function missingForKafka(version: KafkaVersion = '4.3'): string | null {
  const programs = existsSync(home(version)) ? ['java', 'openssl'] : ['java', 'openssl', 'mvn']
  const missing = programs.find((program) => !isOnPath(program))
  return missing ? `${missing} is not on PATH (Debian: apt-get install openjdk-17-jre-headless maven openssl)` : null
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)))
}

/** The cache folder: its name changes with the version's pom. */
function home(version: KafkaVersion): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(here, POM[version])))
    .digest('hex')
  return join(process.env.SHITOPS_TEST_CACHE || join(homedir(), '.cache', 'shitops-test'), `kafka-${hash.slice(0, 12)}`)
}

const fetched = new Map<KafkaVersion, Promise<Distribution>>()

/**
 * The jars of a version's pom from Maven Central and a class-data archive made with them, fetched once a machine.
 * Cache: $SHITOPS_TEST_CACHE or ~/.cache/shitops-test, in a folder named by the hash of the pom (about 110 MB).
 */
export function fetchKafka(version: KafkaVersion = '4.3'): Promise<Distribution> {
  let fetching = fetched.get(version)
  if (!fetching) {
    fetching = fetchOnce(version)
    fetched.set(version, fetching)
  }
  return fetching
}

async function fetchOnce(version: KafkaVersion): Promise<Distribution> {
  const folder = home(version)
  if (!existsSync(folder)) await download(folder, version)
  const jars = (await readdir(join(folder, 'lib'))).filter((name) => name.endsWith('.jar')).sort()
  const distribution = {
    classPath: jars.map((name) => join(folder, 'lib', name)).join(':'),
    archive: join(folder, 'kafka.jsa'),
    logging: LOGGING[version].option(join(folder, LOGGING[version].file)),
  }
  if (!existsSync(distribution.archive)) await makeArchive(distribution)
  return distribution
}

/** Into a folder of its own first, so that two test runs at once, or an interrupted one, leave no half cache. */
async function download(folder: string, version: KafkaVersion): Promise<void> {
  const cache = dirname(folder)
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'fetch-'))
  try {
    const arguments_ = ['-q', '-B', '-ntp', '-f', join(here, POM[version]), 'dependency:copy-dependencies', '-DincludeScope=runtime']
    await run('mvn', [...arguments_, `-DoutputDirectory=${join(fresh, 'lib')}`])
    await writeFile(join(fresh, LOGGING[version].file), LOGGING[version].text)
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

const LOG4J_2 = `status=error
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
/** Before 4.0 Kafka logs by log4j 1, or what took its place. */
const LOG4J_1 = `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.target=System.err
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.conversionPattern=%d{HH:mm:ss.SSS} %p %c{1} %m%n
log4j.logger.kafka.server.KafkaRaftServer=INFO
`
const LOGGING: Readonly<Record<KafkaVersion, { file: string; text: string; option(path: string): string }>> = {
  '4.3': { file: 'log4j2.properties', text: LOG4J_2, option: (path) => `-Dlog4j2.configurationFile=${path}` },
  '3.9': { file: 'log4j.properties', text: LOG4J_1, option: (path) => `-Dlog4j.configuration=file:${path}` },
}

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
