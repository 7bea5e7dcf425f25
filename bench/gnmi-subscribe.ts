/**
 * A gNMI stream to a file of event lines: `shitops gnmi subscribe` as it was built, beside the client that one writes first (grpc-js, proto-loader,
 * JSON.stringify) and beside gnmic, each in a process of its own, in turns, against a load target that is cheaper than any of them. CPU time
 * with the start included. Goals: >= 5 x the plain client; >= 4 x gnmic at 10 updates a notification, >= 3 x at 1.
 * `node --import tsx bench/gnmi-subscribe.ts [--short] [--updates=1]`; what is not on this machine prints a line that says so.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Absent, type ClientFor, gnmic, ourClient, plainClient } from './support/gnmi-clients.ts'
import { LoadProcess } from './support/load-process.ts'
import { type Measured, measureClient, missingForMeasuring } from './support/measure-client.ts'

const short = process.argv.includes('--short')
const rounds = short ? 1 : 3

interface Case {
  kind: 'uint' | 'json_ietf'
  updates: number
  single?: boolean
  /** Messages of a run: seconds of work for the slowest, so that its start weighs little. */
  count: number
}

const only = process.argv.find((arg) => arg.startsWith('--updates='))?.slice('--updates='.length)
const ALL: Case[] = [
  { kind: 'uint', updates: 1, count: short ? 200_000 : 600_000 },
  { kind: 'uint', updates: 10, count: short ? 60_000 : 150_000 },
  { kind: 'json_ietf', updates: 1, count: short ? 200_000 : 600_000 },
  { kind: 'json_ietf', updates: 10, count: short ? 60_000 : 150_000 },
  ...(short
    ? []
    : ([
        { kind: 'uint', updates: 50, count: 40_000 },
        { kind: 'json_ietf', updates: 50, count: 40_000 },
        { kind: 'uint', updates: 1, single: true, count: 400_000 },
      ] as const)),
]

const CASES = ALL.filter(({ updates }) => only === undefined || updates === Number(only))

const NAME = 'gnmi-subscribe'
const say = (line: object) => console.log(JSON.stringify({ name: NAME, ...line }))
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const perCpuSecond = (runs: Measured[]) => Math.round(median(runs.map(({ updates, cpuSeconds }) => updates / cpuSeconds)))
const peak = (runs: Measured[]) => Math.round(Math.max(...runs.map(({ rss }) => rss)) / 1_000_000)

const PLAIN = 'grpc-js, proto-loader, JSON.stringify'

async function run(folder: string): Promise<void> {
  const clients: Record<string, ClientFor> = { [PLAIN]: await plainClient(folder) }
  const ours = ourClient(folder)
  const theirs = await gnmic(folder)
  if ('missing' in ours) say({ skipped: ours.missing })
  else clients.ours = ours
  if ('missing' in theirs) say({ baseline: 'gnmic', skipped: theirs.missing })
  else clients[`gnmic ${theirs.version}`] = theirs.client

  for (const { kind, updates, single = false, count } of CASES) {
    const load = await LoadProcess.start({ kind, updates, single, count })
    try {
      const runs: Record<string, Measured[]> = {}
      for (let round = 0; round < rounds; round++) {
        for (const [name, client] of Object.entries(clients)) {
          const measured = await measureClient(client(load.address, kind === 'uint' ? 'PROTO' : 'JSON_IETF'), count * updates)
          runs[name] = [...(runs[name] ?? []), measured]
        }
      }
      report({ payload: `${kind} ${updates}`, framing: single ? 'a DATA frame a message' : 'packed' }, runs)
    } finally {
      await load.stop()
    }
  }
}

/** A line for ours beside each of the others; without ours, a line for each as it is. */
function report(about: { payload: string; framing: string }, runs: Record<string, Measured[]>): void {
  const { ours, ...others } = runs
  for (const [baseline, theirs] of Object.entries(others)) {
    say({
      ...about,
      node: process.version,
      ...(ours && { ratio: Number((perCpuSecond(ours) / perCpuSecond(theirs)).toFixed(1)) }),
      baseline,
      ...(ours && { updates_per_cpu_s: perCpuSecond(ours), rss_mb: peak(ours) }),
      baseline_updates_per_cpu_s: perCpuSecond(theirs),
      baseline_rss_mb: peak(theirs),
      baseline_updates_per_s: Math.round(median(theirs.map((one) => one.updates / one.wallSeconds))),
    })
  }
}

const missing: Absent['missing'] | null = missingForMeasuring()
if (missing) say({ skipped: missing })
else {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
  try {
    await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
