import type { Bus } from '../../bus/bus.ts'

/**
 * The bus as it was at a time: topics end before the first record of `to` or later. A topic that is compacted begins at its beginning, whatever
 * time is asked for: it holds last states, and they are needed.
 *
 * @param to ms since the epoch; undefined: as it is now
 */
export function boundedBus(bus: Bus, to: number | undefined): Bus {
  const compacted = new Map<string, Promise<boolean>>()
  const isCompacted = (topic: string) => {
    const known =
      compacted.get(topic) ?? bus.describeTopic(topic).then(({ config }) => (config['cleanup.policy'] ?? '').includes('compact'))
    compacted.set(topic, known)
    return known
  }
  const ends = new Map<string, Promise<Map<number, number>>>()
  const endsOf = (topic: string, at: number) => {
    const known =
      ends.get(topic) ?? bus.offsetsAt(topic, at).then((list) => new Map(list.map(({ partition, offset }) => [partition, offset])))
    ends.set(topic, known)
    return known
  }
  const offsets: Bus['offsets'] = async (topic) => {
    const all = await bus.offsets(topic)
    if (to === undefined) return all
    const found = await endsOf(topic, to)
    return all.map(({ partition, earliest, latest }) => ({
      partition,
      earliest,
      latest: Math.max(earliest, Math.min(latest, found.get(partition) ?? latest)),
    }))
  }
  return new Proxy(bus, {
    get: (own, name) => {
      if (name === 'offsets') return offsets
      if (name === 'offsetsAt') {
        return async (topic: string, timestamp: number) => {
          if (await isCompacted(topic))
            return (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, offset: earliest }))
          return bus.offsetsAt(topic, timestamp)
        }
      }
      const value = Reflect.get(own, name, own)
      return typeof value === 'function' ? value.bind(own) : value
    },
  })
}
