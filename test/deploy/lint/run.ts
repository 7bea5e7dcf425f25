/**
 * Every file of deploy/ against a schema or a linter: `npm run test:deploy`. A line for each check; a check whose tool cannot be had is said to be NOT RUN,
 * and counts as failed where SHITOPS_REQUIRE_DEPLOY is set. Ends with 1 when anything was found.
 */
import { messageOf } from '../../../src/base/errors.ts'
import { type Check, compose, images, kubernetes, strimzi, systemd } from './checks.ts'
import { commandLines } from './command-lines.ts'

const CHECKS: ReadonlyArray<readonly [name: string, tool: string, check: Check]> = [
  ['compose files', 'compose-go, what Docker Compose is made of', compose],
  ['Kubernetes', "kubernetes-validate, Kubernetes' schemas, strict", kubernetes],
  ['Strimzi', "Strimzi's own definitions, strict", strimzi],
  ['systemd units', 'systemd-analyze verify and security', systemd],
  ['image files', 'dockerfile-utils', images],
  ['command lines', 'the commands and flags of this CLI', commandLines],
]

let failed = 0
let missing = 0
for (const [name, tool, check] of CHECKS) {
  try {
    const found = await check()
    console.log(`${found.length === 0 ? 'passed ' : 'FAILED '} ${name} (${tool})`)
    for (const line of found) console.log(`         ${line}`)
    if (found.length > 0) failed++
  } catch (error) {
    missing++
    console.log(`NOT RUN ${name} (${tool}): ${messageOf(error).split('\n')[0]}`)
  }
}
console.log(`${CHECKS.length - failed - missing} passed, ${failed} failed, ${missing} not run`)
if (failed > 0 || (missing > 0 && process.env.SHITOPS_REQUIRE_DEPLOY)) process.exitCode = 1
