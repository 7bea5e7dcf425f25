import { Args, Flags } from '@oclif/core'

const INPUT = 'INPUT'

export const fileArgs = {
  files: Args.string({
    name: 'FILE',
    description: 'event logs: XES, OCEL 2.0, CSV, NDJSON, also gzipped; without one the topic workflow_events is read',
    multiple: true,
    multipleNonGreedy: true,
  }),
}

/** Where workflow events come from; the same for every command that asks something of them. */
export const sourceFlags = {
  from: Flags.string({ summary: 'Of the topic: where to begin, as in tail.', helpValue: 'POSITION', helpGroup: INPUT }),
  to: Flags.string({ summary: 'Of the topic: where to stop, not included.', helpValue: 'POSITION', helpGroup: INPUT }),
  process: Flags.string({ summary: 'Only events of this process.', helpValue: 'NAME', helpGroup: INPUT }),
  map: Flags.string({
    char: 'm',
    summary: 'Of a file: which column plays which part, as in case=Order,activity=Step,time=At.',
    helpValue: 'PART=NAME,…',
    helpGroup: INPUT,
    multiple: true,
    multipleNonGreedy: true,
  }),
  'case-type': Flags.string({ summary: 'Of OCEL: the object type whose objects are the cases.', helpValue: 'TYPE', helpGroup: INPUT }),
  zone: Flags.string({ summary: 'Of a file: where times without a zone were written.', helpValue: 'ZONE', helpGroup: INPUT }),
}

export interface SourceFlags {
  from?: string | undefined
  to?: string | undefined
  process?: string | undefined
  map?: string[] | undefined
  'case-type'?: string | undefined
  zone?: string | undefined
}
