import type { EventRecord } from '../../events/index.ts'
import type { Reason, ToldAlert } from './group.ts'
import type { InhibitRule } from './inhibition.ts'
import type { Route } from './routing.ts'

/** One way in which a receiver is told: a webhook, an address of mail. */
export interface DispatchTarget {
  /** `ops/webhook/0` */
  readonly id: string
  readonly receiver: string
  readonly sendResolved: boolean
  /** More are left out of one notification, and counted. */
  readonly maxAlerts: number
}

/** Who is told what, and how. Times in ms. */
export interface DispatchPlan {
  /** The default is the last. */
  readonly routes: readonly Route[]
  readonly targets: readonly DispatchTarget[]
  readonly inhibit: readonly InhibitRule[]
  /** A notification that cannot be given for so long is a dead letter. */
  readonly giveUpAfter: number
}

/** A notification to give now. */
export interface Delivery {
  readonly target: string
  readonly receiver: string
  readonly groupId: string
  /** As Alertmanager writes it: `{}/{severity="critical"}:{alertname="x"}`. */
  readonly groupKey: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly idempotencyKey: string
  readonly reason: Reason
  readonly attempt: number
  readonly alerts: readonly ToldAlert[]
  readonly truncated: number
}

/** What became of a call. */
export type Outcome =
  | { readonly kind: 'taken' }
  /** It may pass. @property askedFor ms that the receiver asks to wait */
  | { readonly kind: 'later'; readonly why: string; readonly askedFor?: number }
  /** The same call would be refused again. */
  | { readonly kind: 'refused'; readonly why: string }

/** A record to write, and where. */
export interface Output extends Omit<EventRecord, 'key' | 'value' | 'headers'> {
  readonly topic: string
  readonly key: Buffer | string | null
  readonly value: Buffer | string | null
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | string]>
}
