import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { ShitopsError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import {
  fingerprintOf,
  type OwnCertificate,
  readCertificate,
  readOrCreateCertificate,
  readPem,
} from '../../../collectors/gnmi/agent/certificate.ts'
import { readOrCreatePassword } from '../../../collectors/gnmi/agent/password.ts'
import { AgentServer, type TlsFiles } from '../../../collectors/gnmi/agent/rpc/agent-server.ts'
import { thisMachine } from '../../../collectors/gnmi/agent/sources/this-machine.ts'
import { Counters } from '../../../collectors/metrics.ts'
import { isLoopback, type ListenAddress, parseListen, refusePlaintextNetwork } from './listen.ts'

export interface AgentFlags {
  listen: string
  username: string
  'password-file'?: string | undefined
  'tls-cert'?: string | undefined
  'tls-key'?: string | undefined
  'tls-client-ca'?: string | undefined
  insecure: boolean
  'allow-plaintext-network': boolean
}

export interface AgentContext {
  /** Of this program. */
  version: string
  /** Folder of what the agent makes for itself. */
  directory: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  logger: Logger
  signal: AbortSignal
}

/** Serve until the signal aborts; what was counted. */
export async function runAgent(flags: AgentFlags, context: AgentContext): Promise<Record<string, number>> {
  const { clock, logger, signal } = context
  const listen = parseListen(flags.listen)
  refusePlaintextNetwork(listen, flags)
  const tls = await tlsOf(flags, listen, context)
  const password = await passwordOf(flags, context)
  const metrics = new Counters()
  const server = await AgentServer.listen({
    listen: listen.text,
    tls: tls?.files,
    credentials: { username: flags.username, password: password.text },
    sources: thisMachine(clock, context.version),
    ...{ clock, metrics, logger },
  })
  try {
    tell(server, flags, listen, { tls, password }, logger)
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await server.close()
  }
  return metrics.toJSON()
}

interface Tls {
  files: TlsFiles
  fingerprint: string
  own?: OwnCertificate
}

async function tlsOf(flags: AgentFlags, { host }: ListenAddress, { directory, clock }: AgentContext): Promise<Tls | undefined> {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': authority, insecure } = flags
  if (insecure) return undefined
  const clientAuthority = authority === undefined ? {} : { clientAuthority: await readPem(authority) }
  if (cert !== undefined && key !== undefined) {
    const files = await readCertificate(cert, key)
    return { files: { ...files, ...clientAuthority }, fingerprint: fingerprintOf(files.certificate) }
  }
  const own = await readOrCreateCertificate(directory, host, clock.now())
  return { files: { ...own.tls, ...clientAuthority }, fingerprint: own.fingerprint, own }
}

const PASSWORD_VARIABLE = 'SHITOPS_GNMI_AGENT_PASSWORD'

interface Password {
  text: string
  /** Where it is, in words; never the password. */
  place: string
  file?: string
  created?: boolean
}

async function passwordOf(flags: AgentFlags, { directory, env }: AgentContext): Promise<Password> {
  const named = flags['password-file']
  const text = env[PASSWORD_VARIABLE]
  if (named !== undefined && text) {
    throw new ShitopsError('SHITOPS_E_USAGE', `--password-file and ${PASSWORD_VARIABLE} are both there: which one counts?`, {
      suggestions: [`unset ${PASSWORD_VARIABLE}`],
    })
  }
  if (text) return { text, place: `in ${PASSWORD_VARIABLE}` }
  const file = named ?? join(directory, 'password')
  const { password, created } = await readOrCreatePassword(file)
  return { text: password, place: `in ${file}${created ? ' (made now)' : ''}`, file, created }
}

/** What a person needs to subscribe. */
function tell(
  server: AgentServer,
  flags: AgentFlags,
  listen: ListenAddress,
  { tls, password }: { tls: Tls | undefined; password: Password },
  logger: Logger,
): void {
  logger.info(
    `gNMI agent on ${server.address}, ${tls ? 'TLS' : 'in plain text'}${flags['tls-client-ca'] ? ' with client certificates' : ''}`,
  )
  logger.info(`User name ${flags.username}, password ${password.place}`)
  if (tls)
    logger.info(`Certificate SHA-256 ${tls.fingerprint}${tls.own ? ` in ${tls.own.file}${tls.own.created ? ' (made now)' : ''}` : ''}`)
  if (!tls && !isLoopback(listen)) logger.warn('everybody on the network can read along, the password too')
  // A certificate of our own has the agent's name, whatever the machine is called.
  const name = isLoopback(listen) ? '' : ' --tls-server-name shitops-agent'
  const trust = tls ? (tls.own ? `--tls-ca ${tls.own.file}${name}` : '') : '--insecure'
  const secret = password.file ? `--password-file ${password.file}` : ''
  // Behind "all addresses" the machine is to be called by its name.
  const address = server.address.replace(/^(0\.0\.0\.0|\[::\])(?=:\d+$)/, hostname())
  const words = ['shitops gnmi subscribe', '-a', address, trust, '--username', flags.username, secret, '--path /system']
  logger.info(`Try: ${words.filter(Boolean).join(' ')}`)
}
