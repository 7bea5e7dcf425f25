import fc from 'fast-check'
import type { Manner } from './log-broker.ts'
import type { Codec, Damage, PlannedRecord, Step } from './model-log.ts'

/** How a log is read; numbers are chosen so that short ones are met often. */
export interface Reading {
  path: 'held' | 'fleeting' | 'raw' | 'ndjson' | 'merged raw' | 'merged ndjson' | 'pump' | 'followed'
  committed: boolean
  checkCrcs: boolean
  client: 'wire' | 'kafkajs'
  /** Most bytes that wait to be taken. */
  buffer: '64KiB' | '1MiB' | '32MiB'
  maxBatchBytes: number | undefined
  /** Thousandths of the log. */
  from: number
  to: number
  /** Records of each leg: then the reader stops, and another one goes on from its offset. Empty for one that reads to the end. */
  legs: readonly number[]
  /** How long the consumer holds what it was given, turns of the event loop. */
  slowness: readonly number[]
}

export interface Case {
  partitions: ReadonlyArray<{ base: number; steps: readonly Step[] }>
  manner: Manner
  reading: Reading
  /** Which of the batches that can be damaged is. */
  damage: (Damage & { which: number }) | null
}

/** Around where a varint takes another byte. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 3, arbitrary: fc.constantFrom(62, 63, 64, 65, 8_189, 8_190, 8_191, 8_192, 8_193) },
  { weight: 1, arbitrary: fc.integer({ min: 20, max: 70_000 }) },
)
const bytes = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array)) },
  { weight: 3, arbitrary: fc.tuple(size, fc.integer({ min: 0, max: 255 })).map(([length, fill]) => Buffer.alloc(length, fill)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => Buffer.from(JSON.stringify(value) ?? 'null')) },
)
const nullable = fc.option(bytes, { freq: 4 })
const header = fc.tuple(fc.constantFrom('a', 'b', '1', 'ce_type', 'ü', ''), bytes)

const record: fc.Arbitrary<PlannedRecord> = fc.record({
  key: nullable,
  value: nullable,
  headers: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(header, { maxLength: 4 }) }),
  later: fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) }),
})

const codec = fc.constantFrom<Codec>('none', 'none', 'none', 'gzip', 'snappy', 'lz4', 'zstd')
const producerId = fc.constantFrom(0, 0, 1, 2)
const batch: fc.Arbitrary<Step> = fc.record({
  what: fc.constant('batch' as const),
  ...{ producerId, codec },
  time: fc.oneof(fc.integer({ min: 2 ** 41, max: 2 ** 41 + 1_000 }), fc.integer({ min: 2 ** 41, max: 2 ** 51 })),
  appended: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  records: fc.array(record, { minLength: 1, maxLength: 8 }),
  gapBehind: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) }),
})
const bulk: fc.Arbitrary<Step> = fc.oneof(
  ...[
    { count: 1, size: 1_200_000 },
    { count: 4_000, size: 300 },
    { count: 300, size: 8_190 },
    { count: 30_000, size: 24 },
  ].map((shape) =>
    fc.record({ what: fc.constant('bulk' as const), producerId, codec, count: fc.constant(shape.count), size: fc.constant(shape.size) }),
  ),
)
const otherSteps: Array<{ weight: number; arbitrary: fc.Arbitrary<Step> }> = [
  { weight: 3, arbitrary: fc.record({ what: fc.constant('end' as const), producerId: fc.constantFrom(1, 2), commit: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('gap' as const), size: fc.integer({ min: 1, max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('hollow' as const), size: fc.integer({ min: 0, max: 5 }) }) },
]
const smallSteps = fc.array(fc.oneof({ weight: 6, arbitrary: batch }, ...otherSteps), { maxLength: 12 })
/** Some megabytes: so that the memory of answers is used again, and is such that WebAssembly reads. */
const largeSteps = fc.array(fc.oneof({ weight: 3, arbitrary: bulk }, { weight: 3, arbitrary: batch }, ...otherSteps), {
  minLength: 8,
  maxLength: 14,
})

const base = fc.constantFrom(0, 0, 1, 1_000, 2 ** 31 - 3, 2 ** 32 + 5, 2 ** 52)
const partitionsOf = (steps: fc.Arbitrary<Step[]>, most: number) => fc.array(fc.record({ base, steps }), { minLength: 1, maxLength: most })

const manner = (least: number): fc.Arbitrary<Manner> =>
  fc.record({
    cuts: fc.array(fc.oneof(fc.integer({ min: least, max: 3 * least }), fc.integer({ min: 1, max: 4_000_000 })), {
      minLength: 1,
      maxLength: 4,
    }),
    pieces: fc.oneof(
      { weight: 3, arbitrary: fc.constant([Number.MAX_SAFE_INTEGER]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.integer({ min: 1, max: 2 * least }), { minLength: 1, maxLength: 3 }).map((sizes) => [...sizes, least]),
      },
    ),
    trouble: fc.oneof({ weight: 60, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 3, max: 6 }) }),
  })

const reading: fc.Arbitrary<Reading> = fc.record({
  path: fc.constantFrom('held', 'fleeting', 'raw', 'raw', 'ndjson', 'merged raw', 'merged ndjson', 'pump', 'followed'),
  committed: fc.boolean(),
  checkCrcs: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  client: fc.integer({ min: 0, max: 9 }).map((n) => (n === 0 ? ('kafkajs' as const) : ('wire' as const))),
  buffer: fc.constantFrom('64KiB', '1MiB', '32MiB', '32MiB'),
  maxBatchBytes: fc.constantFrom(undefined, undefined, 1, 500, 100_000),
  from: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_000 })),
  to: fc.oneof(fc.constant(1_000), fc.integer({ min: 0, max: 1_000 })),
  legs: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }) },
  ),
  slowness: fc.oneof(fc.constant([0]), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 })),
})

const damage = fc.record({
  kind: fc.constantFrom<Damage['kind'][]>('bit', 'checksum', 'magic', 'old', 'backward', 'count', 'crowd', 'record', 'payload'),
  at: fc.nat(100_000),
  which: fc.nat(100),
}) as fc.Arbitrary<Damage & { which: number }>
const perhapsDamaged = fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: damage })

export const smallCase: fc.Arbitrary<Case> = fc.record({
  partitions: partitionsOf(smallSteps, 3),
  ...{ manner: manner(300), reading },
  damage: perhapsDamaged,
})
export const largeCase: fc.Arbitrary<Case> = fc.record({
  partitions: partitionsOf(largeSteps, 2),
  ...{ manner: manner(1_300_000), reading },
  damage: perhapsDamaged,
})
