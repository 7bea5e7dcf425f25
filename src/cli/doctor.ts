import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, ShitopsError } from '../base/errors.ts'
import type { Bus } from '../bus/bus.ts'

export type CheckStatus = 'ok' | 'warning' | 'failed'

export interface CheckResult {
  name: string
  status: CheckStatus
  /** What was found. */
  detail: string
  /** What to do about it, when there is something to do. */
  next?: string
}

type Finding = Omit<CheckResult, 'name'>

/** Run the checks one after another; one that throws has failed, with the error's own advice. */
export async function runChecks(checks: Readonly<Record<string, () => Promise<Finding | Finding[]>>>): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const [name, check] of Object.entries(checks)) {
    try {
      results.push(...[await check()].flat().map((finding) => ({ name, ...finding })))
    } catch (error) {
      const next = error instanceof ShitopsError ? error.suggestions[0] : undefined
      results.push({ name, status: 'failed', detail: messageOf(error), ...(next === undefined ? {} : { next }) })
    }
  }
  return results
}

/** Node: the range that package.json's engines states. */
export async function checkNode(version = process.versions.node): Promise<Finding> {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const enough = major > 20 || (major === 20 && minor >= 19)
  if (!enough) return { status: 'failed', detail: `Node ${version} is too old`, next: 'install Node 22 or 24' }
  return { status: 'ok', detail: `Node ${version} on ${process.platform}-${process.arch}` }
}

/** The configuration: that it is valid, and which files it comes from. */
export async function checkConfig(config: string | undefined): Promise<Finding> {
  const { loadConfig } = await import('../config/load.ts')
  const { files } = await loadConfig({ config })
  const read = files.filter(({ exists }) => exists).map(({ file }) => file)
  return { status: 'ok', detail: read.length > 0 ? `read ${read.join(', ')}` : 'no file: defaults and environment' }
}

/** The directory of an embedded bus, as its URL has it. */
export const embeddedDirectory = (url: string) => url.slice('embedded:'.length).replace(/\?.*$/, '')

/** The bus: that it opens, and what it says of itself. An embedded one is looked at, never created. */
export async function checkBus(url: string, open: () => Promise<Bus>): Promise<Finding[]> {
  if (url.startsWith('embedded:')) {
    const { isVacant } = await import('../bus/embedded/store-files.ts')
    const { parseEmbeddedUrl } = await import('../bus/embedded/url.ts')
    if (isVacant(parseEmbeddedUrl(url).directory)) {
      return [{ status: 'ok', detail: `${url} is not there yet: the first command that writes creates it` }]
    }
  }
  const bus = await open()
  const { facts, warnings } = await bus.health()
  return [
    { status: 'ok', detail: `${bus.url} (${facts.map(([name, value]) => `${name} ${value}`).join(', ')})` },
    ...warnings.map((warning): Finding => ({ status: 'warning', detail: warning })),
  ]
}

/** Below this much free space an embedded bus is close to refusing writes. */
const LOW_SPACE_BYTES = 1024 ** 3

/** The disk under an embedded bus; a folder that is not there yet counts by its nearest parent. */
export async function checkDisk(dir: string): Promise<Finding> {
  let place = dir
  while (!(await exists(place)) && dirname(place) !== place) place = dirname(place)
  await access(place, constants.W_OK).catch(() => {
    throw new ShitopsError('SHITOPS_E_FILE', `${place} cannot be written by this user`, {
      suggestions: ['--bus embedded:DIR with a folder of yours'],
    })
  })
  const { bavail, bsize } = await statfs(place)
  const free = bavail * bsize
  const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${dir}`
  if (free < LOW_SPACE_BYTES) return { status: 'warning', detail, next: 'make room, or shorten retention' }
  return { status: 'ok', detail }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
