import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { promisify } from 'node:util'
import { type RunningNode, superviseCommand } from './node.ts'
import type { NodeHost } from './properties.ts'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)

/** Set in the process that {@link insideOwnNetwork} has started. */
const INSIDE = 'SHITOPS_TEST_OWN_NETWORK'
const PREFIX = '10.99.0'
const US = `${PREFIX}.254`

/** Why there can be no networks of our own here, or null. Root can always have them, others where user namespaces are allowed. */
export function missingForNetworks(): string | null {
  for (const command of [['ip', '-V'], ['nsenter', '--version'], unshare('true')] as const) {
    const [program = '', ...args] = command
    try {
      execFileSync(program, args, { stdio: 'pipe' })
    } catch (error) {
      const { code, stderr } = error as { code?: string; stderr?: Buffer }
      return code === 'ENOENT' ? `${program} is not on PATH (Debian: apt-get install iproute2)` : `${program}: ${String(stderr).trim()}`
    }
  }
  return null
}

/** A command in a network namespace of its own; without root, in a user namespace in which we are root. */
function unshare(...command: readonly string[]): string[] {
  return ['unshare', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), ...command]
}

/**
 * Runs this program again in a network namespace of its own and ends with its exit code; returns in that inner run. All that is laid there
 * goes with its last process: nothing is left on the machine, and two runs at once cannot meet.
 */
export async function insideOwnNetwork(): Promise<void> {
  if (process.env[INSIDE]) {
    process.once('disconnect', () => process.exit(1))
    // The channel must not keep a finished run alive.
    process.channel?.unref()
    return
  }
  const [program = '', ...args] = unshare(process.execPath, ...process.execArgv, ...process.argv.slice(1))
  const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, [INSIDE]: '1' } })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  process.exit(code ?? 1)
}

/** One network for the nodes of a cluster, a cable and an address each, on a bridge with this process. Only inside {@link insideOwnNetwork}. */
export class NodeNetwork {
  /** Of node 1, 2, … */
  readonly hosts: readonly NodeHost[]
  readonly #holders: readonly RunningNode[]

  private constructor(holders: readonly RunningNode[]) {
    this.#holders = holders
    this.hosts = holders.map(({ pid }, i) => ({ address: addressOf(i + 1), enter: ['nsenter', '--net', '--target', `${pid}`] }))
  }

  static async lay(nodes: number): Promise<NodeNetwork> {
    await ip('link set lo up')
    await ip('link add bridge0 type bridge')
    await ip(`addr add ${US}/24 dev bridge0`)
    await ip('link set bridge0 up')
    const holders: RunningNode[] = []
    for (let id = 1; id <= nodes; id++) {
      // A namespace lives as long as a process in it: this one does nothing else.
      const holder = await superviseCommand(['unshare', '--net', 'sleep', 'infinity'], 'ignore')
      holders.push(holder)
      await whenInside(holder.pid)
      await ip(`link add ${cable(id)} type veth peer name eth0 netns ${holder.pid}`)
      await ip(`link set ${cable(id)} master bridge0 up`)
      for (const line of ['link set lo up', `addr add ${addressOf(id)}/24 dev eth0`, 'link set eth0 up']) await ip(line, holder.pid)
    }
    return new NodeNetwork(holders)
  }

  /** Pull the cable: nobody hears from the node, nor it from anybody. Connections stay open on both sides. */
  async cut(id: number): Promise<void> {
    await ip(`link set ${cable(id)} down`)
  }

  async mend(id: number): Promise<void> {
    await ip(`link set ${cable(id)} up`)
  }

  /** The other nodes are out of reach of it; clients are not. */
  async cutFromNodes(id: number): Promise<void> {
    for (const other of this.#others(id)) await ip(`route add blackhole ${addressOf(other)}/32`, this.#pid(id))
  }

  async mendToNodes(id: number): Promise<void> {
    for (const other of this.#others(id)) await ip(`route del blackhole ${addressOf(other)}/32`, this.#pid(id))
  }

  close(): void {
    for (const holder of this.#holders) holder.signal('SIGKILL')
  }

  #others(id: number): number[] {
    return this.#holders.map((_, i) => i + 1).filter((other) => other !== id)
  }

  #pid(id: number): number {
    const holder = this.#holders[id - 1]
    if (!holder) throw new Error(`no node ${id} in this network`)
    return holder.pid
  }
}

const addressOf = (id: number) => `${PREFIX}.${id}`
const cable = (id: number) => `cable${id}`

async function ip(line: string, inside?: number): Promise<void> {
  const command = ['ip', ...line.split(' ')]
  const [program = '', ...args] = inside === undefined ? command : ['nsenter', '--net', '--target', `${inside}`, ...command]
  await run(program, args)
}

/** Waits until a process that was told to unshare has done so. */
async function whenInside(pid: number): Promise<void> {
  const ours = readlinkSync('/proc/self/ns/net')
  await waitFor(`the network of process ${pid}`, () => readlinkSync(`/proc/${pid}/ns/net`) !== ours)
}
