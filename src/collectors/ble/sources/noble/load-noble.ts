import { createRequire } from 'node:module'
import { messageOf, ShitopsError } from '../../../../base/errors.ts'
import type { CreateNoble } from './noble-api.ts'

/**
 * The entry that makes a new noble with each call; the main one makes a single one while it is being loaded, and throws from there on a
 * machine without Bluetooth.
 */
const ENTRY = '@abandonware/noble/with-custom-binding.js'

const OTHER_SOURCES = '--source file:PATH, --source mqtt://HOST or --source - need no radio'

/**
 * Load the module, now and not before: it is optional.
 * @throws SHITOPS_E_NO_MODULE when it is not installed, or not compiled for this Node
 */
export function loadNoble(): CreateNoble {
  // Without it noble keeps the first frame of a scannable sender to itself, and AirPods are such senders.
  process.env.NOBLE_REPORT_ALL_HCI_EVENTS = '1'
  try {
    return createRequire(import.meta.url)(ENTRY) as CreateNoble
  } catch (error) {
    throw moduleError(error)
  }
}

/** Why noble could not be loaded or made, in words, with what to do. */
export function moduleError(error: unknown): ShitopsError {
  const { code } = error as NodeJS.ErrnoException
  const why = messageOf(error).split('\n')[0] ?? ''
  if (code === 'MODULE_NOT_FOUND' && why.includes(ENTRY)) {
    return new ShitopsError('SHITOPS_E_NO_MODULE', '@abandonware/noble, which talks to the radio, is not installed', {
      suggestions: ['npm install @abandonware/noble (needs python3, make and g++)', OTHER_SOURCES],
      cause: error,
    })
  }
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED' || /No native build/.test(why)) {
    return new ShitopsError('SHITOPS_E_NO_MODULE', `the Bluetooth driver is not compiled for Node ${process.versions.node}: ${why}`, {
      suggestions: ['npm rebuild @abandonware/noble @abandonware/bluetooth-hci-socket (needs python3, make and g++)', OTHER_SOURCES],
      cause: error,
    })
  }
  return radioError(error)
}

/** Why a driver that was loaded cannot use the radio. */
export function radioError(error: unknown): ShitopsError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EPERM' || code === 'EACCES') return noRights(error)
  if (code === 'EAFNOSUPPORT') return noRadio('this system has no Bluetooth', [], error)
  if (code === 'ENODEV') return noRadio('there is no such Bluetooth adapter', ['ls /sys/class/bluetooth'], error)
  return noRadio(`the Bluetooth adapter cannot be opened: ${messageOf(error)}`, [], error)
}

export function noRadio(what: string, suggestions: readonly string[] = [], cause?: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_NO_RADIO', what, { suggestions: [...suggestions, OTHER_SOURCES], cause })
}

export const off = () =>
  noRadio('the Bluetooth adapter is off', ['bluetoothctl power on', 'rfkill unblock bluetooth', 'sudo hciconfig hci0 up (without BlueZ)'])

/** What gives a user the right to scan, by platform. */
const RIGHTS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'sudo setcap cap_net_raw+eip "$(readlink -f "$(which node)")"',
  darwin: 'System Settings, Privacy & Security, Bluetooth: allow the terminal',
}

export function noRights(cause?: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_RADIO_RIGHTS', 'this user may not scan with the Bluetooth adapter', {
    suggestions: [RIGHTS[process.platform] ?? 'run it as an administrator', OTHER_SOURCES],
    cause,
  })
}
