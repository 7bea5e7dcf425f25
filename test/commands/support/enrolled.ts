import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { heard, type SimulatedHeadset } from '../../collectors/ble/headset.ts'

/**
 * Enrols a headset as `h-1`, as `scan enrol` would.
 * @param folder where the file goes, as `enrolment.json` @param expires a date @returns the file's path
 */
export async function writeEnrolment(folder: string, { irk, enc }: SimulatedHeadset, expires = '2099-01-01'): Promise<string> {
  const file = join(folder, 'enrolment.json')
  const keys = { irk: irk.toString('hex'), irk_order: 'core', enc: enc.toString('hex') }
  const terms = { purpose: 'call load', basis: 'works agreement', expires }
  // Others may not read it, or it is refused.
  await writeFile(file, JSON.stringify({ version: 1, headsets: [{ alias: 'h-1', team: 'ledger', ...keys, ...terms }] }), { mode: 0o600 })
  return file
}

/** A frame on the air as `scan --source file:` and `-` read it: one line of JSON, without its end. */
export function airLine(data: Buffer, address: string, at: number): string {
  const { timestamp, rssi, manufacturerData } = heard(data, address, at)
  return JSON.stringify({ timestamp, address, rssi, hex: manufacturerData.toString('hex'), receiver: 'rx-1' })
}
