/** What records cost, three copies each: a line through two measurements (`bench/scale.ts --calibrate`, values of 200 and 2,000 bytes, uncompressed). */
export interface Cost {
  /** CPU seconds of the writing process per million records. */
  client: number
  /** CPU seconds of all brokers together per million records. */
  brokers: number
  /** Bytes on disk of a record, one copy. */
  disk: number
}

/** @param bytes of value and headers of a record */
export const costOf = (bytes: number): Cost => ({
  client: 4.74 + 0.00178 * bytes,
  brokers: 11.5 + 0.01189 * bytes,
  disk: 13 + 1.006 * bytes,
})

/** What there is to be collected at one site. */
export interface Site {
  /** Enrolled headsets; of each a record every 5 s on a working day. */
  headsets: number
  /** Subscribed network devices, and notifications that each sends a second. */
  devices: number
  notifications: number
  /** Rows of LibreNMS (ports, sensors, devices): one record of a change, or a sample, each 5 minutes. */
  rows: number
  /** Workflow events a day. */
  workflow: number
}

/** A site of thirty people with their switches. */
export const TYPICAL: Site = { headsets: 30, devices: 12, notifications: 4, rows: 600, workflow: 2_000 }

export interface Assumptions {
  /** Bytes of value and headers of a mean record. */
  recordBytes: number
  /** Busiest minute to mean. */
  peak: number
  /** Records that become of one: a notification is a telemetry record and metric samples; insights write little. */
  fanOut: number
  /** How often each record is read: analysis, server, one more. */
  readers: number
  retentionDays: number
  copies: number
  /** Part of a core and of a disk that is planned to be used at the peak. */
  load: number
  /** Bytes a second that one partition is trusted with. */
  partitionBytes: number
  coresPerBroker: number
  diskPerBroker: number
  /** A month: of a core, and of a GB of disk. Any currency; of no provider. */
  corePrice: number
  diskPrice: number
}

export const ASSUMED: Assumptions = {
  ...{ recordBytes: 700, peak: 3, fanOut: 1.5, readers: 3, retentionDays: 7, copies: 3, load: 0.5 },
  ...{ partitionBytes: 2_000_000, coresPerBroker: 4, diskPerBroker: 4e12, corePrice: 25, diskPrice: 0.1 },
}

export interface Plan {
  sites: number
  /** Mean and in the busiest minute, over all topics. */
  eventsPerSecond: number
  peakPerSecond: number
  /** Of the busiest topic; a multiple of 6, so that three racks and their brokers share them evenly. */
  partitions: number
  brokers: number
  /** Cores that brokers, and collectors together, use at the peak. */
  brokerCores: number
  collectorCores: number
  /** Bytes, all copies, with room. */
  disk: number
  /** Bits a second at the peak into, and out of, all brokers. */
  networkIn: number
  networkOut: number
  /** Of one site, bytes, if its line is down for 6 hours of the busiest kind. */
  spool: number
  costPerMonth: number
}

/** Records a second of one site, mean. */
export function eventsOf({ headsets, devices, notifications, rows, workflow }: Site, { fanOut }: Assumptions): number {
  return headsets / 5 + devices * notifications * fanOut + rows / 300 + workflow / 86_400
}

/** How large a cluster is for so many sites. Brokers: at least three, for three copies in three racks; then by processor, and by disk. */
export function planFor(sites: number, site: Site = TYPICAL, assumed: Assumptions = ASSUMED): Plan {
  const { recordBytes, peak, readers, retentionDays, copies, load, partitionBytes, coresPerBroker, diskPerBroker, corePrice, diskPrice } =
    assumed
  const ofSite = eventsOf(site, assumed)
  const eventsPerSecond = sites * ofSite
  const peakPerSecond = eventsPerSecond * peak
  const cost = costOf(recordBytes)
  const brokerCores = (peakPerSecond * cost.brokers) / 1e6
  const disk = (eventsPerSecond * cost.disk * 86_400 * retentionDays * copies) / load
  const brokers = Math.max(3, Math.ceil(brokerCores / load / coresPerBroker), Math.ceil(disk / diskPerBroker))
  return {
    ...{ sites, eventsPerSecond, peakPerSecond, brokers, brokerCores, disk },
    partitions: Math.max(6, Math.ceil((peakPerSecond * cost.disk) / partitionBytes / 6) * 6),
    collectorCores: (peakPerSecond * cost.client) / 1e6,
    networkIn: peakPerSecond * cost.disk * copies * 8,
    networkOut: peakPerSecond * cost.disk * (copies - 1 + readers) * 8,
    spool: ofSite * peak * cost.disk * 6 * 3_600,
    costPerMonth: brokers * coresPerBroker * corePrice + (disk / 1e9) * diskPrice,
  }
}
