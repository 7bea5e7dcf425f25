/** `{ key: value }`, or nothing where there is no value: what was not written is absent from the tree, not undefined in it. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }
}
