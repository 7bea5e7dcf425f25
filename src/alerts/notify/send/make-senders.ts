import { parseDuration } from '../../../base/duration.ts'
import { ShitopsError } from '../../../base/errors.ts'
import { readSecretFile } from '../../../base/secret-file.ts'
import type { AddressSettings, AlertmanagerSettings, AlertSettings, ReceiverSettings } from '../settings.ts'
import { slackSender, teamsSender } from './chat.ts'
import { emailSender } from './email.ts'
import { execSender } from './exec.ts'
import { DEFAULT_TIMEOUT, type Sender } from './sender.ts'
import { webhookSender } from './webhook.ts'

export interface SenderContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** ms since the epoch */
  readonly now: () => number
}

/**
 * A sender for each target of the settings, by its id. Secrets are read here, from files and variables alone.
 * @throws SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE, SHITOPS_E_CONFIG for a variable that is not set or an address that is none
 */
export async function makeSenders(
  { receivers = [], allowExec = false }: AlertSettings,
  context: SenderContext,
): Promise<Map<string, Sender>> {
  const senders = new Map<string, Sender>()
  for (const receiver of receivers)
    for (const [id, sender] of await sendersOf(receiver, allowExec, context)) senders.set(`${receiver.name}/${id}`, sender)
  return senders
}

async function sendersOf(receiver: ReceiverSettings, allowExec: boolean, context: SenderContext): Promise<Array<[string, Sender]>> {
  const { env, now } = context
  const made: Array<[string, Sender]> = []
  for (const [i, each] of (receiver.webhook ?? []).entries()) {
    const place = `receiver ${receiver.name}, webhook ${i}`
    const options = { url: await addressOf(each, place, env), timeout: timeoutOf(each), now }
    const bearerToken = await secretOf(each.bearerTokenFile, each.bearerTokenEnv, place, env)
    const signingSecret = await secretOf(each.signingSecretFile, each.signingSecretEnv, place, env)
    made.push([`webhook/${i}`, webhookSender({ ...options, bearerToken, signingSecret })])
  }
  for (const kind of ['slack', 'teams'] as const) {
    for (const [i, each] of (receiver[kind] ?? []).entries()) {
      const options = { url: await addressOf(each, `receiver ${receiver.name}, ${kind} ${i}`, env), timeout: timeoutOf(each), now }
      made.push([`${kind}/${i}`, kind === 'slack' ? slackSender(options) : teamsSender(options)])
    }
  }
  for (const [i, { to, from, host, port, tls = 'starttls', username, ...each }] of (receiver.email ?? []).entries()) {
    const password = await secretOf(each.passwordFile, each.passwordEnv, `receiver ${receiver.name}, email ${i}`, env)
    const usual = { starttls: 587, implicit: 465, none: 25 }[tls]
    made.push([`email/${i}`, emailSender({ to, from, host, port: port ?? usual, tls, username, password, timeout: timeoutOf(each) })])
  }
  for (const [i, each] of (receiver.exec ?? []).entries()) {
    if (!allowExec) throw problem(`receiver ${receiver.name} would run programs, and alerts.allowExec is not true`)
    made.push([`exec/${i}`, execSender({ command: each.command, timeout: timeoutOf(each) })])
  }
  return made
}

/** The `Authorization` header of an Alertmanager, if it wants one. */
export async function authorizationOf(settings: AlertmanagerSettings, { env }: SenderContext): Promise<Record<string, string>> {
  const place = `alertmanager ${settings.url}`
  const token = await secretOf(settings.bearerTokenFile, settings.bearerTokenEnv, place, env)
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  const password = await secretOf(settings.passwordFile, settings.passwordEnv, place, env)
  if (settings.username === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${settings.username}:${password ?? ''}`).toString('base64')}` }
}

async function addressOf({ url, urlFile, urlEnv }: AddressSettings, place: string, env: SenderContext['env']): Promise<string> {
  const address = url ?? (await secretOf(urlFile, urlEnv, place, env))
  if (address !== undefined && /^https?:\/\/\S+$/.test(address) && URL.canParse(address)) return address
  throw problem(`${place}: ${urlFile ?? urlEnv ?? 'url'} holds no address`)
}

async function secretOf(
  file: string | undefined,
  name: string | undefined,
  place: string,
  env: SenderContext['env'],
): Promise<string | undefined> {
  if (file !== undefined) return (await readSecretFile(file)).split(/\r?\n/)[0]?.trim()
  if (name === undefined) return undefined
  const value = env[name]
  if (!value) throw problem(`${place}: the variable ${name} is not set`)
  return value
}

const timeoutOf = ({ timeout = DEFAULT_TIMEOUT }: { timeout?: string | undefined }): number => Math.max(1, parseDuration(timeout) ?? 10_000)

const problem = (message: string) =>
  new ShitopsError('SHITOPS_E_CONFIG', message, { suggestions: ['shitops config validate', 'shitops alert check'] })
