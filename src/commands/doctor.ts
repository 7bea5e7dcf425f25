import { BaseCommand } from '../cli/base-command.ts'

export default class Doctor extends BaseCommand {
  static override needsConfig = false
  static override summary = 'Check this machine: Node, configuration, bus, disk, radio.'
  static override description = 'Exits 3 when a check failed. A missing radio is a warning: everything but scan works without one.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bus kafka://localhost:9092 --json',
  ]

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor)
    const { checkBus, checkConfig, checkDisk, checkNode, embeddedDirectory, runChecks } = await import('../cli/doctor.ts')
    const { resolveBus } = await import('../config/bus-url.ts')
    const { probeRadio } = await import('../collectors/ble/probe-radio.ts')
    const { formatChecks } = await import('../cli/doctor-view.ts')

    const url = await resolveBus(flags).then(
      (bus) => bus.url,
      () => '',
    )
    const found = await runChecks({
      node: () => checkNode(),
      configuration: () => checkConfig(flags.config),
      bus: () => checkBus(url, () => this.openBus(flags, { readOnly: true })),
      ...(url.startsWith('embedded:') && { disk: () => checkDisk(embeddedDirectory(url)) }),
      radio: () => probeRadio(),
    })
    const results = found.map(({ next, ...result }) => ({ ...result, ...(next !== undefined && { next: this.onTypedBus(next) }) }))
    if (results.some((result) => result.status === 'failed')) process.exitCode = 3
    this.log(formatChecks(results))
    return { checks: results }
  }
}
