/** Flags (1), seed (1), IPv4 (4), and on newer receivers the port (2). */
const WITHOUT_PORT = 6
const WITH_PORT = 8

export interface AirplayTarget {
  flags: number
  /** Changes when the receiver's configuration does. */
  seed: number
  ipv4: string
  port?: number
}

/** The value of a type-0x09 TLV as facts: a loudspeaker or television to play on. Null when it is too short. */
export function describeAirplayTarget(value: Uint8Array): AirplayTarget | null {
  const [flags, seed] = value
  if (flags === undefined || seed === undefined || value.length < WITHOUT_PORT) return null
  const ipv4 = value.subarray(2, WITHOUT_PORT).join('.')
  if (value.length < WITH_PORT) return { flags, seed, ipv4 }
  return { flags, seed, ipv4, port: ((value[6] as number) << 8) | (value[7] as number) }
}

export interface AirplaySource {
  data: number
}

/** The value of a type-0x0A TLV as facts: somebody opened the list of outputs. Only 0 was ever seen. */
export function describeAirplaySource(value: Uint8Array): AirplaySource | null {
  const [data] = value
  return data === undefined ? null : { data }
}
