import type { Bus } from '../bus.ts'
import type { OpenBusOptions } from '../open.ts'

export async function openKafkaBus(url: string, _options: OpenBusOptions): Promise<Bus> {
  throw new Error(`being built: ${url}`)
}
