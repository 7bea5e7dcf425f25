import type { Bus } from '../bus/bus.ts'

/** For an empty list: a cluster leaves out what this user may not describe, and nothing says so. */
export function noneSeen({ url }: Pick<Bus, 'url'>, what: 'topic' | 'group'): string {
  if (!url.startsWith('kafka:')) return `No ${what}s yet.`
  const resource = what === 'topic' ? 'Topic' : 'Group'
  return `No ${what}s yet, or none that this user may see (ACL "Describe ${resource}:NAME").`
}
