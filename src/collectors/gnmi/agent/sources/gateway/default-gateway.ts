import { readFile } from 'node:fs/promises'
import { systemInformation } from '../system-information.ts'

/** The default gateway's address, with the interface where an IPv6 address needs it (`fe80::1%eth0`); undefined without a network. */
export async function defaultGateway(): Promise<string | undefined> {
  if (process.platform !== 'linux') return (await (await systemInformation()).networkGatewayDefault()) || undefined
  const read = (file: string) => readFile(file, 'utf8').catch(() => '')
  return gatewayOfRoutes(await read('/proc/net/route')) ?? gatewayOfIpv6Routes(await read('/proc/net/ipv6_route'))
}

/** Lines `eth0 00000000 010200C0 0003 … metric …`: addresses are 32 bits in the machine's order of bytes, which is little-endian. */
export function gatewayOfRoutes(text: string): string | undefined {
  const routes = text.split('\n').flatMap((line) => {
    const [, destination, gateway = '', flags = '', , , metric = '', mask] = line.split('\t').map((field) => field.trim())
    const usable = destination === '00000000' && mask === '00000000' && (Number.parseInt(flags, 16) & UP_GATEWAY) === UP_GATEWAY
    return usable && /^[0-9A-F]{8}$/i.test(gateway) ? [{ gateway, metric: Number(metric) }] : []
  })
  const [best] = routes.sort((a, b) => a.metric - b.metric)
  return best && [...Buffer.from(best.gateway, 'hex')].reverse().join('.')
}

/** Lines `destination prefix source prefix next-hop metric … flags interface`, all in hex. */
export function gatewayOfIpv6Routes(text: string): string | undefined {
  const routes = text.split('\n').flatMap((line) => {
    const [destination = '', prefix, , , hop = '', metric = '', , , flags = '', device = ''] = line.trim().split(/\s+/)
    const usable = /^0{32}$/.test(destination) && prefix === '00' && (Number.parseInt(flags, 16) & UP_GATEWAY) === UP_GATEWAY
    return usable && /^(?!0{32})[0-9a-f]{32}$/.test(hop) ? [{ hop, metric: Number.parseInt(metric, 16), device }] : []
  })
  const [best] = routes.sort((a, b) => a.metric - b.metric)
  if (!best) return undefined
  const address = (best.hop.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
  return address.startsWith('fe80:') ? `${address}%${best.device}` : address
}

/** RTF_UP and RTF_GATEWAY of linux/route.h */
const UP_GATEWAY = 0x3
