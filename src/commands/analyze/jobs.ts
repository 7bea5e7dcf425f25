import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'

export default class AnalyzeJobs extends BaseCommand {
  static override summary = 'The jobs of a Flink cluster; stop one with a savepoint, or cancel it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --gateway http://127.0.0.1:8083',
    '<%= config.bin %> <%= command.id %> 5f0c… --stop --yes --gateway http://127.0.0.1:8083',
  ]

  static override args = { job: Args.string({ name: 'JOB', description: 'the id of the job to stop' }) }

  static override flags = {
    gateway: Flags.string({ summary: "URL of Flink's SQL gateway.", helpValue: 'URL', env: 'SHITOPS_FLINK_GATEWAY', required: true }),
    stop: Flags.boolean({ summary: 'Stop JOB with a savepoint, and print where that lies.', exclusive: ['cancel'] }),
    cancel: Flags.boolean({ summary: 'Cancel JOB; its state is lost but for its last checkpoint.' }),
    yes: Flags.boolean({ char: 'y', summary: 'Do not ask.' }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AnalyzeJobs)
    const { listJobs, stopJob } = await import('../../cli/analyze/jobs.ts')
    if (flags.stop || flags.cancel) return stopJob(args.job, flags, { print: (line) => this.log(line) })
    return listJobs(flags.gateway, { print: (line) => this.log(line) })
  }
}
