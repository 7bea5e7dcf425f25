import type { Bus } from '../../../bus/bus.ts'

/** Records of each partition that are looked at: more than the plugin sends in an hour of a busy LibreNMS. */
const BACK = 20_000

/** The newest keys of the doorbell topic, so that a batch that was taken before a restart is known after it. */
export async function* ringsBefore(
  bus: Bus,
  instance: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<{ batchKey?: string; call?: string }> {
  const partitions = (await bus.offsets('librenms_doorbell')).map(({ partition, earliest, latest }) => ({
    partition,
    from: Math.max(earliest, latest - BACK),
    to: latest,
  }))
  for await (const batch of bus.read({ topic: 'librenms_doorbell', partitions, signal })) {
    for (const { value } of batch) {
      const ring = parsed(value)
      if (!ring || ring.instance !== instance) continue
      if (typeof ring.batch_key === 'string') yield { batchKey: ring.batch_key }
      if (typeof ring.alert_uid === 'string') yield { call: callKey(ring.alert_uid, ring.alert_state) }
    }
  }
}

/** What makes two calls of the alert transport the same. */
export const callKey = (uid: string, state: unknown): string => `${uid}:${state ?? ''}`

function parsed(value: Buffer | null): Record<string, unknown> | undefined {
  try {
    const ring: unknown = JSON.parse(value?.toString() ?? 'null')
    return typeof ring === 'object' && ring !== null ? (ring as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
