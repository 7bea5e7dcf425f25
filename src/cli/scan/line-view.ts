import type { AudioMetrics, DevicePresence } from '../../events/event-types.ts'
import { timeOfDay } from '../demo/view.ts'
import { cells, type HeadsetRow, plain, withAudio, withPresence } from './headset-row.ts'
import type { ScanView, Screen } from './view.ts'

/** A line for each thing that happens: arrivals, changes, departures, changes of sound, and the counts of strangers. */
export class LineView implements ScanView {
  readonly #screen: Pick<Screen, 'write' | 'utc'>
  readonly #rows = new Map<string, HeadsetRow>()
  #lines = ''

  constructor(screen: Pick<Screen, 'write' | 'utc'>) {
    this.#screen = screen
  }

  record(topic: string, value: unknown): void {
    if (topic === 'device_presence') this.#presence(value as DevicePresence)
    else if (topic === 'audio_metrics') this.#audio(value as AudioMetrics)
  }

  async flush(): Promise<void> {
    const lines = this.#lines
    this.#lines = ''
    if (lines !== '') await this.#screen.write(lines)
  }

  /** Lines stay where they are. */
  makeRoom(): void {}

  end(): Promise<void> {
    return this.flush()
  }

  #presence(event: DevicePresence): void {
    const time = Date.parse(event.event_time)
    if (event.kind === 'crowd') {
      this.#line(time, 'others', event.zone ?? '-', crowdText(event))
      return
    }
    const row = withPresence(this.#rows.get(event.device), event)
    if (event.kind === 'left') this.#rows.delete(event.device)
    else this.#rows.set(event.device, row)
    if (event.kind !== 'heartbeat') this.#row(time, event.kind, row)
  }

  #audio(event: AudioMetrics): void {
    const row = withAudio(this.#rows.get(event.device), event)
    if (this.#rows.has(event.device)) this.#rows.set(event.device, row)
    if (event.kind === 'edge') this.#row(Date.parse(event.event_time), 'sound', row)
  }

  #row(time: number, what: string, row: HeadsetRow): void {
    const [who = '', where = '', state = '', battery = ''] = cells({ ...row, gone: false }, this.#screen.utc)
    this.#line(time, what, who, `${where}, ${state}, ${battery}`)
  }

  #line(time: number, what: string, who: string, text: string): void {
    this.#lines += `${timeOfDay(time, this.#screen.utc)}  ${what.padEnd(8)}  ${plain(`${who.padEnd(16)}  ${text}`)}\n`
  }
}

/** A count of strangers as it may be shown. */
export function crowdText({ device_count, flooded }: DevicePresence): string {
  if (flooded) return 'a flood of forged senders'
  return device_count === null || device_count === undefined ? 'too few senders to tell' : `${device_count} senders`
}
