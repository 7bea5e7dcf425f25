import { isIP } from 'node:net'

/** Why a text is no address, as the rest of a sentence about it, and what to write instead. */
export interface AddressProblem {
  why: string
  instead: readonly string[]
}

/** What is wrong with HOST:PORT, HOST, an IP address or `unix:PATH`; undefined when nothing is. */
export function addressProblem(address: string): AddressProblem | undefined {
  if (address === '') return { why: 'is empty', instead: ['HOST:PORT'] }
  if (/^[a-z]+:\/\//i.test(address)) {
    return { why: 'has a scheme, and an address has none', instead: [address.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')] }
  }
  if (address.startsWith('unix:') || isIP(address) === 6) return undefined
  const [, host, port] = /^(\[[0-9A-Fa-f:.%\w]+\]|[^:[\]/\s@]+)(?::(\d{1,5}))?$/.exec(address) ?? []
  if (host === undefined) return { why: 'is not HOST:PORT', instead: ['leaf1:57400', '[2001:db8::1]:57400'] }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return { why: 'has a port of no such number', instead: [] }
  return undefined
}

/** The address with that port, where it names none. */
export function atPort(address: string, port: number | undefined): string {
  if (port === undefined || address.startsWith('unix:')) return address
  if (isIP(address) === 6) return `[${address}]:${port}`
  return /:\d+$/.test(address.replace(/^\[[^\]]*\]/, '')) ? address : `${address}:${port}`
}
