/** One Bluetooth LE advertising report, as a receiver heard it. */
export interface Advertisement {
  /** ms since the epoch, stamped on reception (or from the capture) */
  timestamp: number
  /** 6 bytes as 48-bit number-free text "AA:BB:CC:DD:EE:FF", upper case; '' where the platform hides it (macOS). Never leaves the collector. */
  address: string
  addressType: 'public' | 'random' | 'unknown'
  /** dBm; null when unavailable (0, 127, -127) */
  rssi: number | null
  /** Manufacturer-specific data including the company id (4c 00 …); one report may carry several AD 0xFF: one Advertisement each */
  manufacturerData: Buffer
  /** Which receiver (room) heard it */
  receiver: string
}
