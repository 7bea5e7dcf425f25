import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { parse, parseAllDocuments } from 'yaml'
import { composeCheck, kubernetesValidate, run, strimziCrds } from './tools.ts'

/** What a check found wrong, one a line; none: it passed. */
export type Check = () => Promise<string[]>

const read = (path: string) => readFileSync(path, 'utf8')
const within = (folder: string, end: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name))
const outputOf = (error: unknown) => {
  const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string }
  return `${stdout}${stderr}`.trim() || message
}

/** Each compose file is loaded as Docker Compose loads it: schema, interpolation, references. */
export const compose: Check = async () => {
  const check = await composeCheck()
  const found: string[] = []
  for (const file of within('deploy/compose', '.yaml')) {
    // With a token: without one the file refuses, which is meant.
    const env = { ...process.env, SHITOPS_SERVE_TOKENS: 'desk finance x'.padEnd(40, 'x') }
    await run(check, [file], { env }).catch((error: unknown) => found.push(`${file}: ${outputOf(error)}`))
  }
  return found
}

/** What Kubernetes itself knows, strictly: no unknown field. */
export const kubernetes: Check = async () => {
  const found: string[] = []
  for (const file of [...within('deploy/k8s', '.yaml'), ...within('deploy/kubernetes', '.yaml')]) {
    const { stdout, stderr } = await run(await kubernetesValidate(), ['--strict', file]).catch(
      (error) => error as { stdout: string; stderr: string },
    )
    // Kinds of operators have no schema there: Strimzi's are looked at below, Flink's by nobody.
    found.push(
      ...`${stdout}${stderr}`
        .split('\n')
        .filter((line) => line !== '' && !/^INFO |Couldn't find schema for kind (Kafka|FlinkDeployment)/.test(line)),
    )
  }
  return found
}

interface Definition {
  spec: { names: { kind: string }; group: string; versions: ReadonlyArray<{ name: string; schema: { openAPIV3Schema: object } }> }
}

/** Strimzi's resources against its own definitions, strictly. */
export const strimzi: Check = async () => {
  const crds = await strimziCrds()
  const found: string[] = []
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  let looked = 0
  for (const document of within('deploy/k8s', '.yaml').flatMap((file) => parseAllDocuments(read(file), { merge: true }))) {
    const {
      apiVersion = '',
      kind = '',
      metadata,
      ...rest
    } = document.toJS() as { apiVersion?: string; kind?: string; metadata: { name: string } }
    if (!apiVersion.startsWith('kafka.strimzi.io/')) continue
    const file = join(crds, `${kind}.yaml`)
    const definition = existsSync(file) ? (parse(read(file)) as Definition) : undefined
    const schema = definition?.spec.versions.find(({ name }) => apiVersion === `${definition.spec.group}/${name}`)?.schema.openAPIV3Schema
    if (!schema) found.push(`${kind} ${metadata.name}: Strimzi has no ${apiVersion} of it`)
    else {
      const validate = ajv.compile(closed(schema))
      if (!validate({ apiVersion, kind, metadata, ...rest })) {
        for (const error of validate.errors ?? [])
          found.push(`${kind} ${metadata.name}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`)
      }
    }
    looked++
  }
  return looked === 0 ? ['there is no resource of Strimzi'] : found
}

/** Without unknown fields, as `kubectl apply --validate=strict` has it. */
function closed(schema: object): object {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  const open = 'x-kubernetes-preserve-unknown-fields' in copy || 'additionalProperties' in copy
  // metadata is an object of which a definition says nothing.
  return 'properties' in copy && copy.type === 'object' && !open ? { ...copy, additionalProperties: false } : copy
}

/** Units as systemd reads them, and how much they leave open: 0 is nothing, 10 everything. */
export const systemd: Check = async () => {
  const MOST_EXPOSED = 2.5
  const folder = await mkdtemp(join(tmpdir(), 'shitops-units-'))
  const found: string[] = []
  try {
    for (const unit of within('deploy/systemd', '.service')) {
      // Verified is that what is started can be: the program is not installed here.
      const copy = join(folder, unit.split('/').at(-1) ?? '')
      await writeFile(copy, read(unit).replace('/usr/bin/shitops', process.execPath))
      const verified = await run('systemd-analyze', ['verify', '--man=no', copy]).catch((error: unknown) => ({
        stdout: '',
        stderr: outputOf(error),
      }))
      found.push(...`${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('shitops')))
      const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', copy])
      const exposure = Number(/exposure level for .*: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
      if (!(exposure <= MOST_EXPOSED)) found.push(`${unit}: exposure ${exposure}, more than ${MOST_EXPOSED}`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return found
}

/** Image files as an editor's language server reads them; and that the last stage does not run as root. */
export const images: Check = async () => {
  const { validate } = await import('dockerfile-utils')
  const found: string[] = []
  for (const file of ['deploy/Containerfile', 'deploy/compose/Dockerfile']) {
    const text = read(file)
    for (const { range, message } of validate(text)) found.push(`${file}:${range.start.line + 1}: ${message}`)
  }
  const user = /^USER (\S+)/m.exec(
    read('deploy/Containerfile')
      .split(/^FROM /m)
      .at(-1) ?? '',
  )?.[1]
  if (!user || /^(root|0)(:|$)/.test(user)) found.push(`deploy/Containerfile: runs as ${user ?? 'root'}`)
  return found
}
