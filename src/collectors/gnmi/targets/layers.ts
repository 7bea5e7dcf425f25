import type { ConnectionSettings, DefaultSettings } from './settings.ts'

/** Settings that say the same thing in other words: who says one of them does without the other, wherever that stands. */
const TOGETHER = [
  ['passwordFile', 'passwordEnv'],
  ['tokenFile', 'tokenEnv'],
  ['tlsCertFile', 'tlsKeyFile'],
] as const
const TLS = ['skipVerify', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile', 'tlsServerName'] as const
const TOKEN = ['tokenFile', 'tokenEnv'] as const

/**
 * One's own settings over those that hold for all, key by key. What the general ones say goes where it contradicts: a target that is
 * `insecure` does without the TLS settings and the token of the defaults, one with a CA of its own without their `skipVerify`.
 */
export function layered<Own extends DefaultSettings>(base: DefaultSettings, own: Own): Own {
  const under: Record<string, unknown> = { ...base }
  const drop = (...keys: ReadonlyArray<keyof ConnectionSettings>) => {
    for (const key of keys) delete under[key]
  }
  for (const group of TOGETHER) if (group.some((key) => own[key] !== undefined)) drop(...group)
  if (own.insecure) drop(...TLS, ...TOKEN)
  if ([...TLS, ...TOKEN].some((key) => own[key])) drop('insecure')
  if (own.skipVerify) drop('tlsCaFile')
  if (own.tlsCaFile !== undefined) drop('skipVerify')
  const said = Object.entries(own).filter(([, value]) => value !== undefined)
  return { ...under, ...Object.fromEntries(said) } as Own
}

/** What contradicts itself in the settings of a connection. */
export interface Contradiction {
  /** The settings that do not go together; the first one is to blame. */
  keys: ReadonlyArray<keyof ConnectionSettings>
  message: string
  suggestion: string
}

/** What is wrong with the settings of one connection, all layers together. */
export function contradictions(how: ConnectionSettings): Contradiction[] {
  const found: Contradiction[] = []
  const has = (key: keyof ConnectionSettings) => how[key] !== undefined && how[key] !== false
  const first = <Key extends keyof ConnectionSettings>(keys: readonly Key[]) => keys.find(has)
  for (const [file, variable] of TOGETHER.slice(0, 2)) {
    if (has(file) && has(variable))
      found.push({ keys: [variable, file], message: `says where the secret is, and so does ${file}`, suggestion: 'keep one' })
  }
  const password = first(['passwordFile', 'passwordEnv'])
  if (password && !has('username')) found.push({ keys: [password], message: 'is a password without a user', suggestion: 'add username' })
  const token = first(TOKEN)
  if (token && has('insecure'))
    found.push({
      keys: [token, 'insecure'],
      message: 'is sent over TLS only, and the target is insecure',
      suggestion: 'leave out insecure',
    })
  const tls = first(TLS)
  if (tls && has('insecure'))
    found.push({ keys: ['insecure', tls], message: `is plaintext, and ${tls} is about TLS`, suggestion: 'keep one of them' })
  if (has('skipVerify') && has('tlsCaFile'))
    found.push({
      keys: ['skipVerify', 'tlsCaFile'],
      message: 'checks no certificate, and tlsCaFile says how to check it',
      suggestion: 'leave out skipVerify',
    })
  if (has('tlsCertFile') !== has('tlsKeyFile')) {
    const [there, missing] = has('tlsCertFile') ? (['tlsCertFile', 'tlsKeyFile'] as const) : (['tlsKeyFile', 'tlsCertFile'] as const)
    found.push({ keys: [there], message: 'is half of a client certificate', suggestion: `add ${missing}` })
  }
  return found
}
