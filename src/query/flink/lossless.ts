import type { LosslessNumber } from 'lossless-json'

/** A value as the gateway's JSON has it. Numbers keep the text they came with: a BIGINT or DECIMAL loses no digit. */
export type FlinkValue = null | boolean | string | LosslessNumber | readonly FlinkValue[] | { readonly [name: string]: FlinkValue }

export interface FlinkRow {
  kind: 'INSERT' | 'UPDATE_BEFORE' | 'UPDATE_AFTER' | 'DELETE'
  fields: readonly FlinkValue[]
}

/** Parses JSON, keeping the text of every number. */
export async function parseLossless(text: string): Promise<unknown> {
  const { parse } = await import('lossless-json')
  return parse(text)
}

/** The JSON text of a value, numbers as they came: what `analyze sql --output ndjson` prints. */
export function jsonText(value: FlinkValue): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (isNumber(value)) return value.value
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  const members = Object.entries(value as { readonly [name: string]: FlinkValue })
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`).join(',')}}`
}

/** One changelog row as one line of NDJSON. */
export function rowText(row: FlinkRow): string {
  return `{"kind":"${row.kind}","fields":${jsonText(row.fields)}}`
}

/** By mark, not by class: a module that is loaded twice has two classes. */
function isNumber(value: FlinkValue): value is LosslessNumber {
  return typeof value === 'object' && value !== null && (value as { isLosslessNumber?: unknown }).isLosslessNumber === true
}
