import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { CONNECTION_DEFAULTS, type ConnectionOptions } from '../../collectors/gnmi/client/connection-options.ts'
import type { GnmiTarget } from '../../collectors/gnmi/config.ts'
import type { TargetPlan } from '../../collectors/gnmi/targets/plan.ts'
import type { ConnectionSettings } from '../../collectors/gnmi/targets/settings.ts'
import { targetsOf } from './targets.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Reads the secrets and certificates that target plans name, each time anew. */
export class TargetMaterial {
  readonly #env: Env
  readonly #logger: Logger
  /** As they were completed last. */
  #last = new Map<string, GnmiTarget>()
  readonly #plaintext = new Set<string>()

  constructor(env: Env, logger: Logger) {
    this.#env = env
    this.#logger = logger
  }

  /**
   * Targets from plans. One whose files cannot be read, or whose variable is not set, stays as it was, or is left out where it was not there;
   * with `strict` it is an error.
   * @throws with `strict`: SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE, SHITOPS_E_CONFIG
   */
  async complete(plans: readonly TargetPlan[], strict: boolean): Promise<GnmiTarget[]> {
    const made = new Map<string, Promise<ConnectionOptions>>()
    const failed = new Map<string, string[]>()
    const targets: GnmiTarget[] = []
    for (const plan of plans) {
      const key = JSON.stringify(plan.how)
      const reading = made.get(key) ?? connectionOf(plan, this.#env)
      made.set(key, reading)
      try {
        targets.push(targetOf(plan, await reading))
        this.#tellPlaintext(plan, key)
      } catch (error) {
        if (strict) throw error
        const message = messageOf(error)
        failed.set(message, [...(failed.get(message) ?? []), plan.name])
        const last = this.#last.get(plan.name)
        if (last) targets.push(last)
      }
    }
    for (const [message, names] of failed) this.#logger.warn(`${message}; ${some(names)} as before`)
    this.#last = new Map(targets.map((target) => [target.name, target]))
    return targets
  }

  /** Once for all that are reached alike. */
  #tellPlaintext({ name, how }: TargetPlan, key: string): void {
    if (!how.insecure || (how.passwordFile ?? how.passwordEnv) === undefined || this.#plaintext.has(key)) return
    this.#plaintext.add(key)
    this.#logger.warn(`${name} is insecure: the password crosses the network in plaintext`)
  }
}

/** By the same way as the flags go, so that a file is looked at in the same manner wherever it is named. */
async function connectionOf({ name, how }: TargetPlan, env: Env): Promise<ConnectionOptions> {
  const flags = {
    address: ['localhost'],
    timeout: how.connectTimeout ?? `${CONNECTION_DEFAULTS.connectTimeout}ms`,
    'max-message-size': String(how.maxMessageSize ?? CONNECTION_DEFAULTS.maxMessageBytes),
    'window-size': how.windowSize === undefined ? undefined : String(how.windowSize),
    keepalive: how.keepalive,
    username: how.username,
    'password-file': how.passwordFile,
    'token-file': how.tokenFile,
    insecure: how.insecure,
    'skip-verify': how.skipVerify,
    'tls-ca': how.tlsCaFile,
    'tls-cert': how.tlsCertFile,
    'tls-key': how.tlsKeyFile,
    'tls-server-name': how.tlsServerName,
  }
  const secrets = {
    SHITOPS_GNMI_PASSWORD: variable(name, how, 'passwordEnv', env),
    SHITOPS_GNMI_TOKEN: variable(name, how, 'tokenEnv', env),
  }
  const [target] = (await targetsOf(flags, secrets)).targets
  if (!target) throw new TypeError('one address makes one target')
  return target.connection
}

/** What a variable holds. Its name is not repeated: it may be the secret, in the wrong place. */
function variable(target: string, how: ConnectionSettings, key: 'passwordEnv' | 'tokenEnv', env: Env): string | undefined {
  const name = how[key]
  if (name === undefined) return undefined
  const value = env[name]
  if (value) return value
  throw new ShitopsError('SHITOPS_E_CONFIG', `${key} of ${target} names a variable that is not set`, {
    suggestions: ['set it where shitops runs', `${key.replace('Env', 'File')}, a file of mode 0600`],
  })
}

function targetOf({ addresses, how: _, ...plan }: TargetPlan, connection: ConnectionOptions): GnmiTarget {
  return { ...plan, connection: { ...connection, addresses } }
}

const some = (names: readonly string[]) =>
  names.length > 3
    ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more stay`
    : `${names.join(', ')} ${names.length === 1 ? 'stays' : 'stay'}`
