import { apiFlags } from '../../cli/librenms/api-connection.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class LibrenmsStatus extends PrintCommand {
  static override summary = 'How far the sync with LibreNMS has come, and what LibreNMS says now.'
  static override description =
    'Cursors, sweeps, requests and the circuit are those that the sync last wrote to the bus; version, routes and lag are asked of LibreNMS now. Without an address only the former are shown.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file read.token --json',
  ]
  static override flags = apiFlags

  async run(): Promise<unknown> {
    const { flags } = await this.parse(LibrenmsStatus)
    const { systemClock } = await import('../../base/clock.ts')
    const { librenmsFlags } = await import('../../cli/librenms/settings.ts')
    const { librenmsStatus } = await import('../../cli/librenms/status.ts')
    const { formatStatus } = await import('../../cli/librenms/status-view.ts')
    const { loadConfig } = await import('../../config/load.ts')

    const { librenms } = (await loadConfig({ config: flags.config })).config
    const known = flags.url ?? librenms.url
    const status = await librenmsStatus(known === undefined ? flags : librenmsFlags(flags, librenms), {
      bus: await this.openBus(flags, { readOnly: true }),
      env: process.env,
      clock: systemClock,
      signal: this.signal,
    })
    this.print(formatStatus(status, { now: systemClock.now(), utc: flags.utc }))
    return status
  }
}
