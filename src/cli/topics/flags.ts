import { Args, Flags } from '@oclif/core'

const FILE = 'TOPICS FILE'

/** What plan, apply and check share: which topics ought to be how. */
export const topicsFileFlags = {
  file: Flags.string({
    char: 'f',
    summary: 'Topics file; default ./topics.yaml, else what shitops needs.',
    helpValue: 'FILE',
    helpGroup: FILE,
    env: 'SHITOPS_TOPICS',
  }),
  rebalance: Flags.boolean({ summary: 'Move copies also where only the load of brokers asks for it.', helpGroup: FILE }),
}

export const topicsArgs = {
  topics: Args.string({ description: 'only these topics of the file', multiple: true, multipleNonGreedy: true }),
}
