import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

const STEPS = [
  'Register invoice',
  'Check order',
  'Check receipt of goods',
  'Ask for clarification',
  'Approve by clerk',
  'Approve by head of department',
  'Enter into ledger',
  'Schedule payment',
  'Pay',
]

/** The same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * Writes a XES log of about so many bytes, as Disco and ProM write theirs: eight attributes an event, cases of 3 to 15 events that overlap in time.
 * Always the same for the same size. @returns how many events there are
 */
export async function writeXesLog(path: string, bytes: number, start = Date.UTC(2026, 0, 5)): Promise<number> {
  const random = numbers(42)
  const out = createWriteStream(path)
  let [written, events, cases] = [0, 0, 0]
  const put = async (text: string) => {
    written += text.length
    if (!out.write(text)) await once(out, 'drain')
  }
  await put('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org">\n')
  while (written < bytes) {
    const invoice = `INV-${++cases}`
    let time = start + cases * 20_000 + Math.floor(random() * 3_600_000)
    let text = `\t<trace>\n\t\t<string key="concept:name" value="${invoice}"/>\n\t\t<float key="amount" value="${(random() * 9_000).toFixed(2)}"/>\n`
    const length = 3 + Math.floor(random() * 13)
    for (let i = 0; i < length; i++, events++) {
      time += Math.floor(random() * 86_400_000)
      text += event(STEPS[Math.floor(random() * STEPS.length)] ?? '', time, Math.floor(random() * 200), events)
    }
    await put(`${text}\t</trace>\n`)
  }
  await put('</log>\n')
  out.end()
  await once(out, 'finish')
  return events
}

const event = (name: string, time: number, clerk: number, number: number) => `\t\t<event>
\t\t\t<string key="lifecycle:transition" value="complete"/>
\t\t\t<date key="time:timestamp" value="${new Date(time).toISOString().replace('Z', '+00:00')}"/>
\t\t\t<string key="concept:name" value="${name}"/>
\t\t\t<string key="org:resource" value="Clerk ${clerk}"/>
\t\t\t<string key="org:role" value="PAYABLES"/>
\t\t\t<string key="cost centre" value="${4_000 + (clerk % 40)}"/>
\t\t\t<int key="page" value="${number % 12}"/>
\t\t\t<boolean key="urgent" value="${number % 17 === 0}"/>
\t\t</event>
`
