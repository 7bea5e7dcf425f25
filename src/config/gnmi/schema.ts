import type { Zod } from '../section.ts'
import { connectionFields, groupFields, kinds } from './fields.ts'

/** The keys of `gnmi:` that a targets file has at its top too. */
export function targetsShape(z: Zod) {
  return {
    defaults: z
      .strictObject(connectionFields(z))
      .meta({ description: 'what holds for every target that does not say otherwise' })
      .optional(),
    subscriptions: z.array(subscription(z)).meta({ description: 'what targets are asked for, by name', example: SUBSCRIPTIONS }).optional(),
    targets: z.array(target(z)).meta({ description: 'the devices', example: TARGETS }).optional(),
    librenms: z
      .strictObject({
        rules: z
          .array(rule(z))
          .meta({ description: "which of LibreNMS's devices are collected from, and how; the first that matches counts", example: RULES })
          .optional(),
      })
      .meta({ description: "targets from LibreNMS's devices, which shitops librenms sync brings to the bus" })
      .optional(),
  }
}

const SUBSCRIPTIONS = [
  { name: 'counters', paths: ['/interfaces/interface[name=*]/state/counters'], sampleInterval: '10s' },
  {
    name: 'state',
    groups: [
      { paths: ['/interfaces/interface[name=*]/state/oper-status'], streamMode: 'on-change' },
      { paths: ['/system/cpus/cpu/state'], sampleInterval: '30s' },
    ],
  },
]

const TARGETS = [
  { name: 'access-1', address: '10.0.4.11', site: 'hq' },
  { name: 'core-1', address: ['10.0.0.1', '10.0.1.1'], subscriptions: ['counters'] },
]

const RULES = [
  { os: 'ping', skip: true },
  { os: ['eos', 'arista_*'], port: 6030, subscriptions: ['counters', 'state'] },
]

function subscription(z: Zod) {
  const { text, texts, flag, count, time, choice, encoding } = kinds(z)
  return z.strictObject({
    name: z.string().min(1, 'must not be empty').meta({ description: 'its name, in records and in the lists of targets' }),
    paths: texts("what is asked for, '/interfaces/interface[name=*]/state/counters'"),
    mode: choice(['stream', 'once', 'poll'], 'a stream, the state once, or the state at each poll', 'stream'),
    ...groupFields(z),
    groups: z
      .array(z.strictObject({ paths: z.array(z.string()).meta({ description: 'the paths of the group' }), ...groupFields(z) }))
      .meta({ description: 'paths of several stream modes in one subscription, instead of paths' })
      .optional(),
    encoding: encoding('how values are sent'),
    prefix: text('path that all others continue'),
    updatesOnly: flag('without the initial state'),
    qos: count('DSCP of what the target sends', 63),
    depth: count('so many levels below each path (extension)', 0xffff_ffff),
    allowAggregation: flag('the target may put leaves together'),
    models: texts('only of these YANG models'),
    pollInterval: time('between an answer and the next poll', 1, { byDefault: '10s' }),
    polls: count('end after so many polls', 2 ** 31 - 1),
    staleAfter: time('take a silent stream for dead after this long; 0s: never', 0, { byDefault: 'three intervals' }),
  })
}

function target(z: Zod) {
  const { text, texts, oneOrMore } = kinds(z)
  return z.strictObject({
    name: text('key of its records', { byDefault: 'its first address' }),
    address: oneOrMore('HOST:PORT; a list has several addresses of one device, and the first that answers is used'),
    subscriptions: texts('names of what it is asked for', { byDefault: 'all' }),
    prefixTarget: text('what the device calls itself, behind a gateway: prefix.target of the requests'),
    person: text('for a laptop: whose, as an alias'),
    ...connectionFields(z),
  })
}

function rule(z: Zod) {
  const { text, texts, flag, oneOrMore, choice } = kinds(z)
  return z.strictObject({
    os: oneOrMore('of devices with this operating system, as LibreNMS calls it; * stands for any characters').optional(),
    hostname: oneOrMore('of devices with this host name, or this name of their own; * as above').optional(),
    type: oneOrMore('of devices of this type (network, server, …); * as above').optional(),
    up: flag('of devices that LibreNMS finds up, or down'),
    skip: flag('these devices are not collected from'),
    dial: choice(['ip', 'hostname'], 'which address is dialled, and must stand in the certificate', 'ip'),
    subscriptions: texts('names of what they are asked for', { byDefault: 'all' }),
    prefixTarget: text('prefix.target of the requests'),
    ...connectionFields(z),
  })
}
