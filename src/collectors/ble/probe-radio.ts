import { ShitopsError } from '../../base/errors.ts'
import { type LoadNoble, loadNoble } from './noble.ts'

/** Whether `scan --source noble` can work here. A missing radio is no failure: everything else works without one. */
export async function probeRadio(load: LoadNoble = loadNoble): Promise<{ status: 'ok' | 'warning'; detail: string; next?: string }> {
  try {
    const noble = await load()
    return { status: 'ok', detail: `@abandonware/noble loads; the adapter is ${noble.state}` }
  } catch (error) {
    if (!(error instanceof ShitopsError)) throw error
    const [next] = error.suggestions
    return { status: 'warning', detail: error.message, ...(next !== undefined && { next }) }
  }
}
