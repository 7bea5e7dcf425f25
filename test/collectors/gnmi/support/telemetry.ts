import type { Bus } from '../../../../src/bus/bus.ts'
import type { DeviceTelemetry } from '../../../../src/events/event-types.ts'

/** All of device_telemetry: per target in the order of the bus. */
export async function* telemetryOf(bus: Bus): AsyncGenerator<DeviceTelemetry> {
  const topic = 'device_telemetry'
  const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
  for await (const batch of bus.read({ topic, partitions })) {
    for (let i = 0; i < batch.count; i++) yield JSON.parse(String(batch.value(i))) as DeviceTelemetry
  }
}
