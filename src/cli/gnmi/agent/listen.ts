import { isIP } from 'node:net'
import { ShitopsError } from '../../../base/errors.ts'

export interface ListenAddress {
  /** Without brackets. */
  host: string
  port: number
  /** As grpc takes it. */
  text: string
}

/** @param usual port of the suggestions @throws SHITOPS_E_USAGE for what is not HOST:PORT */
export function parseListen(text: string, usual = 57_400): ListenAddress {
  const match = /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  if (match && port <= 65_535 && (match[1] === undefined || isIP(host) === 6)) return { host, port, text }
  throw new ShitopsError('SHITOPS_E_USAGE', `--listen ${text}: a host and a port belong there`, {
    suggestions: [`--listen 127.0.0.1:${usual}`, `--listen [::1]:${usual}`, `--listen 0.0.0.0:${usual} (all networks)`],
  })
}

/** Whether only this machine can reach it. */
export const isLoopback = ({ host }: ListenAddress) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/**
 * What leaves this machine is encrypted, unless somebody says that it need not be.
 * @throws SHITOPS_E_USAGE
 */
export function refusePlaintextNetwork(listen: ListenAddress, flags: { insecure: boolean; 'allow-plaintext-network': boolean }): void {
  if (!flags.insecure || isLoopback(listen) || flags['allow-plaintext-network']) return
  throw new ShitopsError('SHITOPS_E_USAGE', `--insecure on ${listen.text} would send the password over the network for anybody to read`, {
    suggestions: [
      `--listen ${listen.text} (with TLS, its certificate is made at the first start)`,
      '--listen 127.0.0.1:57400 --insecure',
      '--insecure --allow-plaintext-network (where the network itself is encrypted)',
    ],
  })
}
