import { type Document, isMap, isScalar } from './yaml.ts'

/** Offset in the text of a value or, with `keyed`, of its key; of the nearest thing around it that has a place. */
export function offsetOf(document: Document, path: readonly PropertyKey[], keyed: boolean): number {
  if (path.length === 0) return document.contents?.range?.[0] ?? 0
  if (!keyed) {
    const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined
    if (node?.range) return node.range[0]
  }
  const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const pair = isMap(map) ? map.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(path.at(-1))) : undefined
  const key = pair?.key as { range?: [number, number, number] } | undefined
  return key?.range?.[0] ?? offsetOf(document, path.slice(0, -1), keyed)
}
