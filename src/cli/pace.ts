import { ShitopsError } from '../base/errors.ts'
import type { Pace } from '../bus/ops/pacer.ts'

const SECONDS = { s: 1, m: 60, h: 3_600 } as const

/** The pace that `--speed` or `--rate` asks for; as fast as possible without either. SHITOPS_E_USAGE. */
export function paceOf({ speed, rate }: { speed?: string | undefined; rate?: string | undefined }): Pace {
  if (rate !== undefined) return rateOf(rate)
  if (speed === undefined || speed === 'max') return { kind: 'max' }
  const factor = Number(/^(\d+(?:\.\d+)?|\.\d+)x?$/.exec(speed)?.[1] ?? 0)
  if (factor > 0) return { kind: 'speed', factor }
  throw new ShitopsError('SHITOPS_E_USAGE', `--speed ${speed}: the speed is a factor such as 1x, 10x or 0.5x, or max`, {
    suggestions: ['--speed 1x', '--speed max'],
  })
}

function rateOf(text: string): Pace {
  const [, count, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/.exec(text) ?? []
  const perSecond = Number(count ?? 0) / SECONDS[unit as keyof typeof SECONDS]
  if (perSecond > 0) return { kind: 'rate', perSecond }
  throw new ShitopsError('SHITOPS_E_USAGE', `--rate ${text}: the rate is a number of records a second, minute or hour, such as 100/s`, {
    suggestions: ['--rate 100/s', '--rate 30/m'],
  })
}
