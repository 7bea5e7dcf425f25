import { atPort } from './address.ts'
import type { Device } from './device.ts'
import type { TargetPlan } from './plan.ts'
import type { Rule } from './rule.ts'

/**
 * The targets among the devices of LibreNMS: each is collected from as the first rule that matches it says, and not at all where none does.
 * A device whose polling is off is passed over. One that LibreNMS finds down is not: SNMP or ping may fail where gNMI answers, and a
 * connection that cannot be made costs little; a rule with `up: true` says otherwise.
 */
export function discovered(devices: Iterable<Device>, rules: readonly Rule[]): TargetPlan[] {
  const found: Array<{ device: Device; rule: Rule }> = []
  for (const device of devices) {
    if (device.disabled) continue
    const rule = rules.find((candidate) => candidate.matches(device))
    if (rule && !rule.skip) found.push({ device, rule })
  }
  // The order of the topic is that of arrival, which changes from run to run.
  found.sort((a, b) => (a.device.instance < b.device.instance ? -1 : a.device.instance > b.device.instance ? 1 : a.device.id - b.device.id))
  const names = distinctNames(found.map(({ device }) => device))
  return found.map(({ device, rule }, i): TargetPlan => {
    const host = rule.dial === 'hostname' ? device.hostname : (device.ip ?? device.hostname)
    return {
      name: names[i] ?? device.hostname,
      addresses: [atPort(host, rule.port)],
      how: rule.how,
      subscriptions: rule.subscriptions,
      ...(rule.prefixTarget !== undefined && { prefixTarget: rule.prefixTarget }),
      ...rule.labels(device),
    }
  })
}

/**
 * The name of each device: what it calls itself, else what LibreNMS polls it by. Many devices call themselves `switch` or `localhost`: where
 * several have one name, each of them has what LibreNMS polls it by added, and its ids where even that is not its own, so that no name
 * passes from one device to another for as long as both are there.
 */
export function distinctNames(devices: readonly Device[]): string[] {
  const forms: Array<(device: Device) => string> = [
    ({ sysName, hostname }) => sysName ?? hostname,
    (device) => (device.sysName === undefined ? device.hostname : `${device.sysName}@${device.hostname}`),
    ({ sysName, hostname, instance, id }) => `${sysName ?? hostname}@${[instance, id].filter((part) => part !== '').join(':')}`,
  ]
  const level = devices.map(() => 0)
  const nameOf = (device: Device, i: number) => forms[level[i] ?? 0]?.(device) ?? device.hostname
  for (let round = 1; round < forms.length; round++) {
    const names = devices.map(nameOf)
    const seen = new Map<string, number>()
    for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1)
    names.forEach((name, i) => {
      if ((seen.get(name) ?? 0) > 1) level[i] = round
    })
  }
  return devices.map(nameOf)
}
