import { EventLines } from '../../collectors/gnmi/event/event-lines.ts'
import { FlatLines } from '../../collectors/gnmi/event/flat-lines.ts'
import { JsonLines } from '../../collectors/gnmi/event/json-lines.ts'
import type { LineFormat } from '../../collectors/gnmi/outlets/line-outlet.ts'
import type { StreamInfo } from '../../collectors/gnmi/stream/writer.ts'

export type LineKind = 'event' | 'json' | 'flat'

/** How the notifications of a stream are printed. @param several there is more than one target, and lines say whose they are @param latency how late each came, in `json` */
export function lineFormat(kind: LineKind, several: boolean, latency: boolean): (stream: StreamInfo) => LineFormat {
  return ({ target: { name: source }, subscription: { name: subscription } }) => {
    if (kind === 'json') return new JsonLines({ source, subscription, latency })
    if (kind === 'flat') return new FlatLines(several ? { source } : {})
    return new EventLines({ subscription, tags: { source, 'subscription-name': subscription } })
  }
}
