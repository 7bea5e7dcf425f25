import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flush } from '@oclif/core/flush'
import { handle } from '@oclif/core/handle'
import type { PJSON } from '@oclif/core/interfaces'
import { run } from '@oclif/core/run'
import { directPlugin } from './cli/direct-command.ts'

/**
 * The door: everything a person types comes in here. Exit codes are those of base/errors.ts, with and without --json.
 * @param url of bin/run.js, beside which package.json is found
 */
export async function main(argv: string[], url: string): Promise<void> {
  try {
    const root = dirname(dirname(fileURLToPath(url)))
    const pjson: PJSON = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    warnOfOldNode(pjson)
    const direct = directPlugin(argv, root, pjson)
    // Nothing installs plugins of users or developers, so nothing is looked for where they would be.
    const options = { root, pjson, userPlugins: false, devPlugins: false }
    if (direct) await run(direct.argv, { ...options, plugins: new Map([[pjson.name, direct.plugin]]) })
    else await run(argv, options)
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}

/** What oclif says of a Node that is too old; the build leaves out its own check, which loads semver. */
function warnOfOldNode({ engines }: PJSON & { engines?: { node: string } }): void {
  const [wanted, own] = [engines?.node ?? '', process.versions.node].map((text) => (text.match(/\d+/g) ?? []).map(Number))
  const [major = 0, minor = 0] = wanted ?? []
  const [ownMajor = 0, ownMinor = 0] = own ?? []
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor) || process.env.OCLIF_DISABLE_ENGINE_WARNING) return
  process.emitWarning(`Node version must be ${engines?.node} to use this CLI. Current node version: ${process.versions.node}`)
}
