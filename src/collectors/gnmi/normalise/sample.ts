/** One normalised sample of a device, as `device_metrics` has it. */
export interface Sample {
  /** One of METRICS, or one that a mapping brought with it. */
  metric: string
  unit: string
  /** What of the device: the interface, the core, the probe; empty for the device itself. */
  instance: string
  value: number
  /** For rates: seconds between the two readings. */
  interval?: number
}
