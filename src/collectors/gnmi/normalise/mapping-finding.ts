/** What is wrong with a mapping file, and at which of its values or, with `keyed`, keys. */
export interface Finding {
  path: readonly PropertyKey[]
  message: string
  keyed?: boolean
}
