import { ShitopsError } from '../../src/base/errors.ts'
import type { Bus } from '../../src/bus/bus.ts'

/** What a cluster does of a topic that this user may not see, or (`seen`) may see and not read. */
export function deniedBus(bus: Bus, denied: readonly string[], { seen = false } = {}): Bus {
  const refuse = (topic: string) => {
    throw new ShitopsError('SHITOPS_E_BUS_AUTH', `the broker does not allow it: topic "${topic}": TOPIC_AUTHORIZATION_FAILED`)
  }
  const check = (topic: string, visible = false) => {
    if (denied.includes(topic) && !(seen && visible)) refuse(topic)
  }
  const own: Partial<Bus> = {
    listTopics: async () => (await bus.listTopics()).filter((topic) => seen || !denied.includes(topic)),
    offsets: async (topic) => {
      check(topic, true)
      return bus.offsets(topic)
    },
    createTopic: async (spec) => {
      check(spec.name)
      return bus.createTopic(spec)
    },
    read: async function* (options) {
      check(options.topic)
      yield* bus.read(options)
    },
  }
  return new Proxy(bus, {
    get(_, name) {
      const member = Reflect.get(own, name) ?? Reflect.get(bus, name)
      return typeof member === 'function' ? member.bind(bus) : member
    },
  })
}
