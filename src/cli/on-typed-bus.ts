import { redact } from '../config/redact.ts'
import { quoted } from '../live/format.ts'

/** The commands that work on a bus, without those of their groups that need none. Behind "shitops scan" there may be prose as well as flags. */
const COMMANDS =
  /\bshitops (?:alert (?!check\b)[a-z]+|analyze(?: backtest| jobs| sql)?|bus forward|cluster [a-z]+|dash|demo|doctor|gnmi subscribe|group [a-z]+|librenms [a-z]+|produce|replay|scan|serve|tail|topic [a-z]+|workflow [a-z]+)(?![\w-]| (?:decode|enrol|explain)\b)/g

/** Where one looks is said already. */
const NAMED = /--(?:bus|to-bus|gateway)\b|--to (?:embedded|kafka):/

/**
 * The commands in a text, on the bus that a person has typed: without it, what they are told to type next would look at another one. It goes behind the name of each,
 * since words may follow the command. Secrets that a URL holds are not repeated.
 */
export function onTypedBus(text: string, bus: string | undefined): string {
  if (bus === undefined) return text
  return text.replaceAll(COMMANDS, (command, at: number) => {
    const rest = text.slice(at + command.length)
    const [own = ''] = rest.split(/\bshitops /, 1)
    return NAMED.test(own) ? command : `${command} --bus ${quoted(String(redact(bus)))}`
  })
}
