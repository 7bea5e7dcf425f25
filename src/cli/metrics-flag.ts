import { Flags } from '@oclif/core'

/** `--metrics` of a collector. */
export const metricsFlag = (helpGroup: string) =>
  Flags.string({
    summary: 'Serve /metrics for Prometheus there; a port alone is on 127.0.0.1.',
    helpValue: '[HOST:]PORT',
    helpGroup,
  })
