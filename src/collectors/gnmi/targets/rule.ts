import type { Subscription } from '../config.ts'
import type { Device } from './device.ts'
import type { ConnectionSettings, DefaultSettings, RuleSettings } from './settings.ts'

/** Which devices of LibreNMS it is for, and how those are collected from. */
export interface Rule {
  matches(device: Device): boolean
  /** Those are not collected from. */
  skip: boolean
  dial: 'ip' | 'hostname'
  port: number | undefined
  how: ConnectionSettings
  subscriptions: readonly Subscription[]
  prefixTarget: string | undefined
  /** What its records say about a device; what LibreNMS knows goes between the rule's own word and the defaults'. */
  labels(device: Device): { role?: string; team?: string; site?: string }
}

/** A rule from its settings. @param base what holds for all targets */
export function ruleFrom(own: RuleSettings, base: DefaultSettings, rest: Pick<Rule, 'how' | 'port' | 'subscriptions'>): Rule {
  const tests = [
    matcher(own.os, ({ os }) => [os]),
    matcher(own.hostname, ({ hostname, sysName }) => [hostname, sysName]),
    matcher(own.type, ({ type }) => [type]),
    ...(own.up === undefined ? [] : [({ up }: Device) => up === own.up]),
  ].filter((test) => test !== undefined)
  return {
    ...rest,
    matches: (device) => tests.every((test) => test(device)),
    skip: own.skip ?? false,
    dial: own.dial ?? 'ip',
    prefixTarget: own.prefixTarget,
    labels: (device) =>
      said({ role: own.role ?? device.type ?? base.role, team: own.team ?? base.team, site: own.site ?? device.site ?? base.site }),
  }
}

/** True of a rule that takes every device, so that none is left for those behind it. */
export function matchesAll({ os, hostname, type, up }: RuleSettings): boolean {
  return up === undefined && [os, hostname, type].every((texts) => texts === undefined || [texts].flat().includes('*'))
}

type Test = (device: Device) => boolean

/** One of the patterns fits one of the texts; without patterns everything does. */
function matcher(patterns: string | string[] | undefined, textsOf: (device: Device) => Array<string | undefined>): Test | undefined {
  if (patterns === undefined) return undefined
  const forms = [patterns].flat().map(wildcard)
  return (device) => textsOf(device).some((text = '') => forms.some((form) => form.test(text)))
}

/** `*` stands for any characters, also for none; nothing else is special. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`, 'i')
}

function said(labels: Record<'role' | 'team' | 'site', string | undefined>): { role?: string; team?: string; site?: string } {
  return Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== undefined))
}
