const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** PHP's default memory ends near 1,600 devices when all ports are asked for at once (facts 6.2). */
const MOST_FOR_BULK = 1_500

/** How often what is read, ms: the request budget of facts 6.3. */
export interface Schedule {
  alerts: number
  down: number
  devices: number
  /** All ports in one list; undefined: per device. */
  ports: number | undefined
  /** Ports of each device, where they are not read in one list. */
  portsOfDevice: number | undefined
  /** Undefined: too many; alerts and LibreNMS's Kafka store have them. */
  sensors: number | undefined
  inventoryOfDevice: number
  links: number
}

export function scheduleFor(devices: number): Schedule {
  const bulk = devices <= MOST_FOR_BULK
  return {
    alerts: MINUTE,
    down: MINUTE,
    devices: 5 * MINUTE,
    ports: bulk ? 5 * MINUTE : undefined,
    portsOfDevice: bulk ? undefined : HOUR,
    sensors: bulk ? 5 * MINUTE : undefined,
    inventoryOfDevice: bulk ? 6 * HOUR : 24 * HOUR,
    links: 30 * MINUTE,
  }
}

/** Spreads work per device evenly over an interval: the golden ratio's multiples lie apart. @returns ms, in [0, interval) */
export const spread = (device: number, interval: number): number => Math.floor(((device * 0.6180339887498949) % 1) * interval)
