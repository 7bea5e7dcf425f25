import { random } from '../random.ts'
import { Background, within } from './background.ts'
import { MINUTE, OPENED_AT, type Scenario, type ScenarioRecord } from './scenario.ts'

/** Laptops and the network. */
export const DEVICES: readonly Scenario[] = [
  {
    name: 'a laptop at its limit',
    insight: 'endpoint_overload',
    fires: 'laptop-ledger-2',
    about: 'a laptop of the ledger team is 95 to 100 % busy for four minutes',
    minutes: 20,
    records: (seed) => {
      const dice = random(seed, 'cpu')
      return new Background(seed, 20, 10, {
        cpu: ({ person }, minute) => (person === 'ledger-2' && within(minute, 8, 12) ? dice.between(0.95, 1) : undefined),
      }).records
    },
  },
  {
    name: 'bursts',
    insight: 'endpoint_overload',
    about: 'every laptop is busy for 25 s every five minutes',
    minutes: 20,
    records: (seed) => new Background(seed, 20, 10, { cpu: (_desk, minute) => (minute % 5 < 0.4 ? 0.98 : undefined) }).records,
  },
  {
    name: 'a link that fills',
    insight: 'link_saturation_forecast',
    fires: 'core-1/ethernet-1/49',
    about: 'the uplink of core-1 grows by 0.8 % a minute from 45 %',
    minutes: 50,
    records: (seed) => {
      const dice = random(seed, 'fill')
      return new Background(seed, 50, 30, {
        utilisation: ({ target }, minute) =>
          target === 'core-1' ? Math.min(0.98, 0.45 + 0.008 * minute + dice.between(-0.01, 0.01)) : undefined,
      }).records
    },
  },
  {
    name: 'a busy link',
    insight: 'link_saturation_forecast',
    about: 'the same link is 60 to 80 % full all the time, up and down',
    minutes: 50,
    records: (seed) => {
      const dice = random(seed, 'fill')
      return new Background(seed, 50, 30, { utilisation: ({ target }) => (target === 'core-1' ? dice.between(0.6, 0.8) : undefined) })
        .records
    },
  },
  {
    name: 'a loose cable',
    insight: 'device_flapping',
    fires: 'access-2/ethernet-1/49',
    about: 'the uplink of access-2 goes down and up every two minutes',
    minutes: 30,
    records: (seed) =>
      new Background(seed, 30, 30, {
        up: ({ target }, minute) => (target === 'access-2' && within(minute, 6, 16) ? minute % 4 >= 2 : undefined),
      }).records,
  },
  {
    name: 'one outage',
    insight: 'device_flapping',
    about: 'the uplink of access-2 is down for six minutes, once',
    minutes: 30,
    records: (seed) =>
      new Background(seed, 30, 30, { up: ({ target }, minute) => (target === 'access-2' && within(minute, 6, 12) ? false : undefined) })
        .records,
  },
  {
    name: 'power is lost on a floor',
    insight: 'uptime_reset_storm',
    fires: 'floor-1',
    about: 'switch and access points of floor 1 boot again within four minutes',
    minutes: 30,
    records: (seed) => {
      const boots: Record<string, number> = { 'access-1': 10, 'ap-1-1': 12, 'ap-1-2': 14 }
      return new Background(seed, 30, 30, { uptime: ({ target }, minute) => sinceBoot(boots[target], minute) }).records
    },
  },
  {
    name: 'an update, one device after the other',
    insight: 'uptime_reset_storm',
    about: 'the same three boot again, twelve minutes apart',
    minutes: 50,
    records: (seed) => {
      const boots: Record<string, number> = { 'access-1': 10, 'ap-1-1': 22, 'ap-1-2': 34 }
      return new Background(seed, 50, 30, { uptime: ({ target }, minute) => sinceBoot(boots[target], minute) }).records
    },
  },
  {
    name: 'a switch is gone',
    insight: 'telemetry_silent',
    fires: 'access-2',
    about: 'nothing comes from access-2 for 22 minutes',
    minutes: 50,
    records: (seed) =>
      new Background(seed, 50, 30, { silent: ({ target }, minute) => target === 'access-2' && within(minute, 10, 32) }).records,
  },
  {
    name: 'a gap in the telemetry',
    insight: 'telemetry_silent',
    about: 'nothing comes from access-2 for twelve minutes',
    minutes: 50,
    records: (seed) =>
      new Background(seed, 50, 30, { silent: ({ target }, minute) => target === 'access-2' && within(minute, 10, 22) }).records,
  },
  {
    name: 'half an update',
    insight: 'inventory_drift',
    fires: 'C9300-48P',
    about: 'one of two switches of a model gets new software, and the other does not within two hours',
    minutes: 130,
    records: (seed) => [
      ...new Background(seed, 130, 60).records,
      ...inventory([
        [0, 1, '17.9.1'],
        [1, 2, '17.9.1'],
        [10, 1, '17.12.1'],
      ]),
    ],
  },
  {
    name: 'a whole update',
    insight: 'inventory_drift',
    about: 'the other follows after half an hour',
    minutes: 130,
    records: (seed) => [
      ...new Background(seed, 130, 60).records,
      ...inventory([
        [0, 1, '17.9.1'],
        [1, 2, '17.9.1'],
        [10, 1, '17.12.1'],
        [40, 2, '17.12.1'],
      ]),
    ],
  },
]

const sinceBoot = (boot: number | undefined, minute: number): number | undefined =>
  boot !== undefined && minute >= boot ? (minute - boot) * 60 + 20 : undefined

function inventory(states: ReadonlyArray<readonly [minute: number, device: number, software: string]>): ScenarioRecord[] {
  return states.map(([minute, device_id, software_rev]) => {
    const time = OPENED_AT + minute * MINUTE
    const chassis = { device_id, entity_index: 1001, entity_class: 'chassis', model: 'C9300-48P', software_rev }
    return { topic: 'librenms_inventory', time, value: { event_time: new Date(time).toISOString(), ...chassis } }
  })
}
