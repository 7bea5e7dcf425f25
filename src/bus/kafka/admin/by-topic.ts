/** Things of partitions as requests want them: by topic. */
export function byTopic<T extends { topic: string }>(items: readonly T[]): Array<[topic: string, items: T[]]> {
  const topics = new Map<string, T[]>()
  for (const item of items) {
    const same = topics.get(item.topic)
    if (same) same.push(item)
    else topics.set(item.topic, [item])
  }
  return [...topics]
}
