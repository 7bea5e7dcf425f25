import { access } from 'node:fs/promises'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import { readSecretFile } from '../../base/secret-file.ts'
import { defaultEnrolmentPath } from '../../config/enrolment-path.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The enrolment file that was named, or the default one where it exists. */
export async function enrolmentFile(named: string | undefined, env: Env): Promise<string | undefined> {
  if (named !== undefined) return named
  const file = defaultEnrolmentPath(env)
  return access(file).then(
    () => file,
    () => undefined,
  )
}

/** Timers keep a signed 32-bit integer, ms; a longer one would be over at once. */
const LONGEST = 2 ** 31 - 1

/** ms of `--duration`. */
export function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms && ms <= LONGEST) return ms
  if (ms) throw usage(`--duration ${text} is longer than 24 days, which is the most`, '--duration 24d')
  throw usage(`--duration "${text}" is no duration: ${DURATION_FORMS}`, '--duration 60s')
}

/** `10`, `10x` or `0.5`; `max` is no pace at all. */
export function speed(text: string | undefined): number | undefined {
  if (text === undefined || text === 'max') return undefined
  const times = Number(text.replace(/x$/, ''))
  if (Number.isFinite(times) && times > 0) return times
  throw usage(`--speed "${text}" is no pace: a number above 0, or max`, '--speed 10')
}

/** `RECEIVER=ROOM`, several. */
export function zones(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, receiver, zone] = /^([^=]+)=(.+)$/.exec(pair) ?? []
      if (receiver !== undefined && zone !== undefined) return [receiver, zone]
      throw usage(`--zone "${pair}" names no receiver and its room`, '--zone rx-2=room-204')
    }),
  )
}

/** The broker's password: from a file of mode 0600, or the environment; never from the command line. */
export async function mqttPassword(file: string | undefined, env: Env): Promise<string | undefined> {
  if (file === undefined) return env.SHITOPS_MQTT_PASSWORD
  return (await readSecretFile(file)).replace(/\r?\n$/, '')
}

const usage = (what: string, next: string) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: [next] })
