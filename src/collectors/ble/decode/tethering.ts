/** Kinds of cell service by code (furiousMAC, "tethering source"). */
const CELL_TYPES = ['4g_gsm', '1xrtt', 'gprs', 'edge', '3g_evdo', '3g', '4g', 'lte'] as const
/** Version (1), flags (1), battery percent (1), cell type (2), bars (1). */
const SOURCE_BYTES = 6

export interface TetheringSource {
  version: number
  flags: number
  /** Of the phone, in percent. */
  battery: number | null
  cellType: number
  cellTypeName: string
  /** 0 to 4. */
  bars: number
}

/** The value of a type-0x0E TLV as facts: a phone that offers its connection. Null when it is too short. */
export function describeTetheringSource(value: Uint8Array): TetheringSource | null {
  const [version, flags, battery, cellHigh, cellLow, bars] = value
  if (version === undefined || flags === undefined || battery === undefined) return null
  if (cellHigh === undefined || cellLow === undefined || bars === undefined || value.length < SOURCE_BYTES) return null
  const cellType = (cellHigh << 8) | cellLow
  return { version, flags, battery: battery <= 100 ? battery : null, cellType, cellTypeName: CELL_TYPES[cellType] ?? 'unknown', bars }
}

export interface TetheringTarget {
  identifierLength: number
}

/** The value of a type-0x0D TLV: somebody looks for a hotspot. Its identifier is derived from the iCloud account, so only its length is told. */
export function describeTetheringTarget(value: Uint8Array): TetheringTarget | null {
  return value.length === 0 ? null : { identifierLength: value.length }
}
