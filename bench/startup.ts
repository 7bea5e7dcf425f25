/**
 * Cold start: CPU time of `shitops --help` and `--version`, against `node -e 0` of the same Node.
 * `--node PATH` measures another Node binary. Goal: --help <= 2.3 on Node 20.
 */
import { execFileSync } from 'node:child_process'

const argv = process.argv.slice(2)
const node = argv.includes('--node') ? (argv[argv.indexOf('--node') + 1] ?? process.execPath) : process.execPath
const rounds = argv.includes('--short') ? 3 : 9
const RUNS_PER_ROUND = 10

/** CPU seconds (user + system) of one run, the mean over a round; the shell's `times` counts its finished children. */
function cpuSeconds(args: string[]): number {
  const script = `i=0; while [ $i -lt ${RUNS_PER_ROUND} ]; do "$@" >/dev/null; i=$((i+1)); done; times`
  const output = execFileSync('sh', ['-c', script, 'sh', node, ...args], { encoding: 'utf8' })
  const children = output.trim().split('\n').at(-1) ?? ''
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
  return seconds.reduce((sum, value) => sum + value, 0) / RUNS_PER_ROUND
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const commands = { help: ['bin/run.js', '--help'], version: ['bin/run.js', '--version'] }
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
for (const [name, args] of Object.entries(commands)) {
  const ratios: number[] = []
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    const base = cpuSeconds(['-e', '0'])
    const own = cpuSeconds(args)
    ratios.push(own / base)
    seconds.push(own)
  }
  console.log(
    JSON.stringify({
      name: `startup-${name}`,
      node: version,
      ratio: Number(median(ratios).toFixed(2)),
      baseline: 'node -e 0',
      cpu_ms: Math.round(median(seconds) * 1000),
    }),
  )
}
