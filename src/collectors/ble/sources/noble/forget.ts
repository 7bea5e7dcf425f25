import type { Noble, Peripheral } from './noble-api.ts'

type Maps = Readonly<Record<string, unknown>>

/** Where noble, its bindings and their GAP layer keep what they have heard, by id. They keep it for ever (noble issue 636). */
const NOBLE_MAPS = ['_peripherals', '_services', '_characteristics', '_descriptors', '_discoveredPeripheralUUids'] as const
const BINDINGS_MAPS = ['_addresses', '_addresseTypes', '_connectable', 'scannable'] as const

/**
 * Make noble forget a peripheral that it has just told about. With addresses that change every 15 minutes it would otherwise grow by more
 * than 1 KB per address, and mix the data of older reports into newer ones.
 */
export function forget(noble: Noble, { id, address }: Peripheral): void {
  const bindings = noble._bindings as unknown as Maps
  for (const map of NOBLE_MAPS) remove((noble as unknown as Maps)[map], id)
  for (const map of BINDINGS_MAPS) remove(bindings[map], id)
  remove((bindings._gap as Maps | undefined)?._discoveries, address)
}

function remove(map: unknown, key: string): void {
  if (map !== null && typeof map === 'object') delete (map as Record<string, unknown>)[key]
}
