/** Queries at a time: most of one's half second is waiting. The cluster has 8 slots. */
const AT_ONCE = 6

/** Runs a task for every item, a few at a time, results in the items' order. */
export async function severalAtOnce<Item, Result>(items: readonly Item[], task: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await task(items[i] as Item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
