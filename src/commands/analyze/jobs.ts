import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class AnalyzeJobs extends BaseCommand {
  static override summary = 'The jobs of this bus, or of a Flink cluster; stop one of those.'
  static override description = `\
Of this bus: what each part of a job has read and written since it first ran, how many rows came too late (they are in <output>.late), records that could \
not be read (<topic>.dlq) and records too far ahead of their partition to move time; lag is what it has not read yet.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --gateway http://127.0.0.1:8083',
    '<%= config.bin %> <%= command.id %> 5f0c… --stop --yes --gateway http://127.0.0.1:8083',
  ]

  static override args = { job: Args.string({ name: 'JOB', description: 'the id of the job to stop' }) }

  static override flags = {
    gateway: Flags.string({ summary: "URL of Flink's SQL gateway.", helpValue: 'URL', env: 'SHITOPS_FLINK_GATEWAY' }),
    stop: Flags.boolean({
      summary: 'Stop JOB with a savepoint, and print where that lies.',
      exclusive: ['cancel'],
      dependsOn: ['gateway'],
    }),
    cancel: Flags.boolean({ summary: 'Cancel JOB; its state is lost but for its last checkpoint.', dependsOn: ['gateway'] }),
    yes: Flags.boolean({ char: 'y', summary: 'Do not ask.' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AnalyzeJobs)
    const output = { print: (line: string) => this.log(line) }
    if (flags.gateway === undefined) {
      const { listBusJobs } = await import('../../cli/analyze/bus-jobs.ts')
      return listBusJobs(await this.openBus(flags), output)
    }
    const { listJobs, stopJob } = await import('../../cli/analyze/jobs.ts')
    if (flags.stop || flags.cancel) return stopJob(args.job, { ...flags, gateway: flags.gateway }, output)
    return listJobs(flags.gateway, output)
  }
}
