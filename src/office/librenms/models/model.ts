import type { Row } from '../json.ts'

/** A make of device: what LibreNMS finds on every one of it. Rows have all columns; ids, names and times are given to each device. */
export interface Model {
  name: string
  device: Row
  ports: readonly Row[]
  sensors: readonly Row[]
  inventory: readonly Row[]
  /** Neighbours, each with `local`: the index in `ports` of the port that sees it. */
  links: readonly (Row & { local: number })[]
  processors: readonly Row[]
  mempools: readonly Row[]
  storage: readonly Row[]
  wireless: readonly Row[]
  vlans: readonly Row[]
}

/** The parts that a model lacks. */
export const NOTHING = {
  sensors: [],
  inventory: [],
  links: [],
  processors: [],
  mempools: [],
  storage: [],
  wireless: [],
  vlans: [],
} as const
