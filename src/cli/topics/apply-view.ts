import { formatDuration } from '../../base/duration.ts'
import type { ApplyEvents, MoveProgress } from '../../bus/topics/apply/index.ts'
import type { Step } from '../../bus/topics/steps.ts'
import { formatBytes, plural } from '../amounts.ts'
import { Redrawn } from '../redrawn.ts'
import { stepTexts } from './plan-view.ts'

const BAR = 24
/** Where nothing can be drawn in place, a line each so much further, in percent. */
const STEP_PERCENT = 10

export interface ProgressOut {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** Says on stderr what an apply does and how far its moves are: a bar that is redrawn on a terminal, now and then a line elsewhere. */
export class ApplyView implements ApplyEvents {
  readonly #out: ProgressOut | null
  readonly #drawn: Redrawn
  readonly #rate: number | null
  #told = Number.NEGATIVE_INFINITY

  constructor({ stderr }: { stderr: ProgressOut | null }, rate: number | null) {
    this.#out = stderr
    this.#rate = rate
    this.#drawn = new Redrawn(
      (text) => stderr?.write(text),
      () => stderr?.columns,
    )
  }

  onStep(step: Step): void {
    this.#line(`${'topic' in step ? `${step.topic}: ` : ''}${titleOf(step)}`)
  }

  onProgress(progress: MoveProgress): void {
    if (!this.#out) return
    if (this.#out.isTTY) {
      this.#drawn.draw([progressText(progress)])
      return
    }
    const percent = percentOf(progress)
    if (percent < this.#told + STEP_PERCENT && percent < 100) return
    if (percent === this.#told) return
    this.#told = percent
    this.#line(progressText(progress))
  }

  onStall(forMs: number): void {
    const limit =
      this.#rate === null ? '' : `; what is written meanwhile may come faster than --throttle ${formatBytes(this.#rate)}/s lets through`
    this.#line(`Nothing has arrived for ${formatDuration(forMs)}${limit}`)
  }

  end(): void {
    this.#drawn.makeRoom()
  }

  #line(text: string): void {
    this.#drawn.makeRoom()
    this.#out?.write(`${text}\n`)
  }
}

/** A step in a line. */
function titleOf(step: Step): string {
  if (step.kind !== 'move' && step.kind !== 'follow') return stepTexts(step).join(', ')
  const bytes = step.moves.reduce((sum, move) => sum + (move.bytes ?? 0), 0)
  const what = bytes > 0 ? `, ${formatBytes(bytes)} to copy` : ''
  return step.kind === 'follow'
    ? `following ${plural(step.moves.length, 'move')} that run already${what}`
    : `moving ${plural(step.moves.length, 'partition')}${what}`
}

const percentOf = ({ moved, total }: MoveProgress) => (total === 0 ? 100 : Math.floor((100 * moved) / total))

/** `[########----------------]  33% 1.0 GiB of 3.0 GiB, 50.0 MiB/s, 41s left, 3 partitions moving, 5 waiting`. */
export function progressText(progress: MoveProgress): string {
  const { moved, total, moving, waiting, bytesPerSecond, leftMs } = progress
  const percent = percentOf(progress)
  const full = Math.round((BAR * percent) / 100)
  const parts = [
    `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${String(percent).padStart(3)}% ${formatBytes(Math.round(moved))} of ${formatBytes(total)}`,
    ...(bytesPerSecond === null ? [] : [`${formatBytes(Math.round(bytesPerSecond))}/s`]),
    ...(moving === 0 ? [] : [leftMs === null ? 'time left unknown' : `${formatDuration(leftMs)} left`]),
    ...(moving > 0 ? [`${plural(moving, 'partition')} moving`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ]
  return parts.join(', ')
}
