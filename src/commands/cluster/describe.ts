import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

const OUTPUT = 'OUTPUT'

export default class ClusterDescribe extends PrintCommand {
  static override summary = 'Show brokers, racks, controllers and where copies lie.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --bus kafka://localhost:9092',
    '<%= config.bin %> <%= command.id %> --output table',
    '<%= config.bin %> <%= command.id %> --json',
  ]
  static override flags = {
    output: Flags.option({
      char: 'o',
      options: ['text', 'table', 'csv', 'json'] as const,
      summary: 'A picture, brokers in columns, CSV of them, or one JSON document.',
      helpGroup: OUTPUT,
      default: 'text' as const,
    })(),
    internal: Flags.boolean({ summary: "Kafka's own topics in the picture too.", helpGroup: OUTPUT }),
    'no-header': Flags.boolean({ summary: 'No line of column names.', helpGroup: OUTPUT }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ClusterDescribe)
    const { adminOf, placementOf } = await import('../../bus/admin.ts')
    const { BROKER_COLUMNS, brokerRows, clusterDocument, formatCluster } = await import('../../cli/topics/cluster-view.ts')
    const { formatList } = await import('../../cli/list-output.ts')

    const bus = await this.openBus(flags, { readOnly: true })
    placementOf(bus, 'cluster to describe')
    const cluster = await adminOf(bus).observe()
    const document = clusterDocument(cluster)
    const { output } = flags
    if (output === 'text') this.print(formatCluster(cluster, flags.internal))
    else this.print(formatList(brokerRows(cluster), BROKER_COLUMNS, { ...flags, output, 'no-trunc': false }, document, process.stdout))
    return document
  }
}
