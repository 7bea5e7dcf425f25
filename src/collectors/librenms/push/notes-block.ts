import { Refusal } from './action.ts'

export const OPEN = '[shitops]'
export const CLOSE = '[/shitops]'

/** The text of our block in the notes of a device; undefined where there is none. @throws Refusal for a fence that is damaged */
export function blockOf(notes: string): string | undefined {
  const place = placeOf(notes)
  return place && notes.slice(place.from + OPEN.length, place.to - CLOSE.length).trim()
}

/** The notes with another text in our block: in its place, or below all the rest; without it where the text is empty. */
export function withBlock(notes: string, text: string): string {
  const place = placeOf(notes)
  const block = `${OPEN}\n${text}\n${CLOSE}`
  if (place && text !== '') return notes.slice(0, place.from) + block + notes.slice(place.to)
  if (place) return withoutGap(notes.slice(0, place.from), notes.slice(place.to))
  if (text === '') return notes
  return notes === '' ? block : `${notes}${notes.endsWith('\n') ? '' : '\n'}${block}`
}

/** The line break that came with the block goes with it. */
function withoutGap(before: string, after: string): string {
  return after === '' ? before.replace(/\r?\n$/, '') : before + after.replace(/^\r?\n/, '')
}

function placeOf(notes: string): { from: number; to: number } | undefined {
  const from = notes.indexOf(OPEN)
  const close = notes.indexOf(CLOSE)
  if (from < 0 && close < 0) return undefined
  const whole = from >= 0 && close > from && notes.lastIndexOf(OPEN) === from && notes.lastIndexOf(CLOSE) === close
  if (whole) return { from, to: close + CLOSE.length }
  throw new Refusal(`the notes have ${OPEN} and ${CLOSE} not once each and in order: a person must put that right`)
}
