import { ShitopsError } from '../../../base/errors.ts'
import { paced } from './paced.ts'
import type { AdvertisementSource, SourceContext } from './source.ts'

export interface OpenSourceOptions {
  /** Play a recording at its own pace times this; as fast as it is read when absent. Recordings only. */
  speed?: number
  /** For MQTT: it comes from a file or the environment, never from the URL. */
  password?: string
  /** What `-` reads; standard input when absent. */
  input?: AsyncIterable<Uint8Array>
}

/**
 * Open what `--source` names: `noble` or `noble:hci1` (the radio), `file:PATH` or `-` (a capture: btsnoop, pcap, pcapng or JSON lines,
 * told by content), `mqtt://[USER@]HOST[:PORT][/TOPIC-FILTER]`. Each kind is imported only when it is asked for.
 *
 * @throws SHITOPS_E_USAGE for anything else, and what keeps the source from opening: SHITOPS_E_NO_MODULE, SHITOPS_E_NO_RADIO,
 * SHITOPS_E_RADIO_RIGHTS, SHITOPS_E_FILE, SHITOPS_E_MQTT_UNAVAILABLE, SHITOPS_E_MQTT_REFUSED
 */
export async function openSource(spec: string, context: SourceContext, options: OpenSourceOptions = {}): Promise<AdvertisementSource> {
  const recording = await openRecorded(spec, context, options)
  const { speed } = options
  if (recording) return speed === undefined ? recording : paced(recording, speed, context)
  if (speed !== undefined) {
    throw new ShitopsError('SHITOPS_E_USAGE', `--speed is for recordings; --source ${kindOf(spec)} is heard live`, {
      suggestions: ['--source file:PATH --speed 10'],
    })
  }
  return openLive(spec, context, options)
}

async function openRecorded(spec: string, context: SourceContext, { input }: OpenSourceOptions): Promise<AdvertisementSource | null> {
  if (spec !== '-' && !spec.startsWith('file:')) return null
  const { openFile, stdinSource } = await import('./file-source.ts')
  return spec === '-' ? stdinSource(input ?? process.stdin, context) : openFile(spec.slice('file:'.length), context)
}

async function openLive(spec: string, context: SourceContext, options: OpenSourceOptions): Promise<AdvertisementSource> {
  const radio = /^noble(?::(?:hci)?(\d{1,3}))?$/.exec(spec)
  if (radio) {
    const { openNoble } = await import('./noble/noble-source.ts')
    return openNoble(context, radio[1] === undefined ? {} : { deviceId: Number(radio[1]) })
  }
  if (/^mqtts?:/.test(spec)) {
    const { openMqtt } = await import('./mqtt/mqtt-source.ts')
    return openMqtt(spec, context, options)
  }
  throw new ShitopsError('SHITOPS_E_USAGE', `"${kindOf(spec)}" is no source of advertisements: noble, file:PATH, mqtt://HOST or -`, {
    suggestions: ['--source noble', '--source file:scan.btsnoop', '--source mqtt://localhost', '--source - (a capture on standard input)'],
  })
}

/** As much of a source as a message may show: a URL can carry credentials. */
const kindOf = (spec: string) => (spec.includes('://') ? `${spec.slice(0, spec.indexOf('://'))}://…` : spec)
