import { commonJs } from '../../base/common-js.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'

/** What we use of @abandonware/noble. Its own types are not imported: it is optional, and the build must not need it. */
export interface Noble {
  readonly state: string
}

export type LoadNoble = () => Promise<Noble>

/** Read at run time only, so that no bundler and no type checker asks for the module. */
const NAME = ['@abandonware', 'noble'].join('/')

/**
 * The module, loaded now.
 * @throws SHITOPS_E_NO_MODULE when it is not installed or not compiled, SHITOPS_E_NO_RADIO when this kernel has no Bluetooth (exit 69)
 */
export async function loadNoble(): Promise<Noble> {
  // Without it noble keeps the first frame of a scannable sender to itself, and AirPods are such senders.
  process.env.NOBLE_REPORT_ALL_HCI_EVENTS ??= '1'
  try {
    return commonJs((await import(NAME)) as Noble)
  } catch (error) {
    const why = messageOf(error).split('\n')[0] ?? ''
    if (/Cannot find (module|package)|No native build/.test(why)) {
      throw new ShitopsError('SHITOPS_E_NO_MODULE', `@abandonware/noble is not installed or was not compiled: ${why}`, {
        suggestions: [
          'npm rebuild @abandonware/noble @abandonware/bluetooth-hci-socket (needs python3, make and g++)',
          '--source file:PATH',
        ],
        cause: error,
      })
    }
    throw noRadio(`this machine's system has no Bluetooth: ${why}`, error)
  }
}

export function noRadio(what: string, cause?: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_NO_RADIO', what, {
    suggestions: [
      '--source file:PATH or --source - (frames that another machine recorded)',
      'sudo setcap cap_net_raw+eip "$(readlink -f "$(which node)")" (Linux: the right to use the adapter)',
    ],
    ...(cause !== undefined && { cause }),
  })
}
