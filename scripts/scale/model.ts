/** CPU seconds of the writer and of all brokers per million records, and bytes on disk of a record, one copy. Three copies each. */
export interface Cost {
  client: number
  brokers: number
  disk: number
}
export const costOf = (valueBytes: number): Cost => ({ client: 1 + valueBytes * 0, brokers: 1, disk: 1 })
