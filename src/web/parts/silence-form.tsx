import { useState } from 'preact/hooks'
import { equals, silenceCommand } from '../../live/commands.ts'
import type { ShownAlert } from '../../live/model/model.ts'
import { send } from '../store.ts'
import { Command } from './command.tsx'

const LENGTHS = ['30m', '2h', '8h', '24h', '3d'] as const

/** A silence for alerts that share the chosen labels with this one; shows the command that does the same. */
export function SilenceForm({ alert }: { alert: ShownAlert }) {
  const labels = Object.entries(alert.labels)
  const [chosen, setChosen] = useState(new Set(labels.map(([name]) => name)))
  const [length, setLength] = useState<string>('2h')
  const [comment, setComment] = useState('')
  const [said, setSaid] = useState<string | undefined>(undefined)
  const matchers = labels.filter(([name]) => chosen.has(name)).map(([name, value]) => equals(name, value))
  const wish = { matchers, for: length, comment }
  const submit = async (event: Event) => {
    event.preventDefault()
    setSaid((await send('POST', '/api/v1/silences', wish)) ?? 'silenced')
  }
  const toggle = (name: string) => {
    const next = new Set(chosen)
    if (!next.delete(name)) next.add(name)
    setChosen(next)
  }
  return (
    <form class="silence" onSubmit={submit}>
      <fieldset>
        <legend>Alerts with</legend>
        {labels.map(([name, value]) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.has(name)} onChange={() => toggle(name)} /> {name} = {value}
          </label>
        ))}
      </fieldset>
      <label>
        For{' '}
        <select value={length} onChange={(event) => setLength(event.currentTarget.value)}>
          {LENGTHS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label>
        Because <input required value={comment} maxLength={2_000} onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
      <button type="submit" disabled={matchers.length === 0}>
        Silence
      </button>
      {said !== undefined && <p role="status">{said}</p>}
      <Command text={silenceCommand({ ...wish, comment: comment || '…' })} />
    </form>
  )
}
