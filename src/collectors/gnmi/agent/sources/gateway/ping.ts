import { execFile } from 'node:child_process'
import { isIPv6 } from 'node:net'
import { type Burst, PATIENCE, PAUSE, PROBES } from './burst.ts'

/**
 * A burst of ICMP echo requests by the system's `ping`, which has the right to send them. Undefined where there is no such program, or it
 * may not, or says what cannot be read.
 */
export async function ping(address: string): Promise<Burst | undefined> {
  const [program, args] = pingCommand(address, process.platform)
  const output = await new Promise<string>((resolve) => {
    const options = { timeout: 15_000, windowsHide: true, env: { ...process.env, LC_ALL: 'C' } }
    execFile(program, args, options, (_error, stdout) => resolve(stdout))
  })
  return parsePing(output)
}

export function pingCommand(address: string, platform: NodeJS.Platform): [program: string, args: string[]] {
  if (platform === 'win32') return ['ping', ['-n', `${PROBES}`, '-w', `${PATIENCE}`, address]]
  const common = ['-n', '-q', '-c', `${PROBES}`, '-i', `${PAUSE / 1000}`]
  if (platform === 'linux') return ['ping', [...common, '-W', `${PATIENCE / 1000}`, address]]
  // BSD: waits in milliseconds, and IPv6 has a program of its own, without -W.
  return isIPv6(address.replace(/%.*/, '')) ? ['ping6', [...common, address]] : ['ping', [...common, '-W', `${PATIENCE}`, address]]
}

/** The summary of iputils, BusyBox and BSD, or of Windows in any language: numbers in the order sent, received, lost. */
export function parsePing(output: string): Burst | undefined {
  const unix = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(output)
  const windows = /= (\d+),[^=\n]*= (\d+),[^=\n]*= (\d+)\s*\([^)]*%/.exec(output)
  const counts = unix ?? windows
  if (!counts) return undefined
  const [sent, received] = [Number(counts[1]), Number(counts[2])]
  if (sent === 0) return undefined
  const average = unix ? /= [\d.]+\/([\d.]+)\//.exec(output)?.[1] : /= \d+\s?ms,[^\n]*= (\d+)\s?ms\s*$/.exec(output)?.[1]
  return { sent, received, ...(received > 0 && average && { averageDelay: Math.round(Number(average) * 1000) }) }
}
