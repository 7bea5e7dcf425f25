import type { SqlType } from '../types/sql-type.ts'

/** Reads the JSON text of an ARRAY, MAP or ROW into its value; what does not fit its type is NULL. */
export function nestedReader(type: SqlType): (text: string) => unknown {
  const read = reader(type)
  return (text) => {
    const value: unknown = JSON.parse(text)
    return value === null ? null : read(value)
  }
}

type Read = (value: unknown) => unknown

function reader(type: SqlType): Read {
  switch (type.kind) {
    case 'ARRAY': {
      const element = orNull(reader(type.element as SqlType))
      return (value) => (Array.isArray(value) ? value.map(element) : null)
    }
    case 'MAP':
    case 'MULTISET': {
      const element = orNull(reader(type.element as SqlType))
      return (value) => (isObject(value) ? Object.entries(value).map(([key, item]) => [key, element(item)]) : null)
    }
    case 'ROW': {
      const fields = (type.fields ?? []).map(({ name, type: field }) => [name, orNull(reader(field))] as const)
      return (value) => (isObject(value) ? fields.map(([name, read]) => read(value[name])) : null)
    }
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : null)
    case 'CHAR':
    case 'VARCHAR':
      return (value) => (typeof value === 'string' ? value : JSON.stringify(value))
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return (value) => {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
        return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : null
      }
    case 'FLOAT':
    case 'DOUBLE':
      return (value) => (typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : null)
    case 'DECIMAL':
      return (value) =>
        typeof value === 'number' || typeof value === 'string' ? Math.round(Number(value) * 10 ** (type.scale ?? 0)) : null
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (value) => (typeof value === 'string' ? timeOf(value) : null)
    case 'DATE':
      return (value) => {
        const ms = typeof value === 'string' ? timeOf(value) : null
        return ms === null ? null : Math.floor(ms / 86_400_000)
      }
    default:
      return () => null
  }
}

const orNull =
  (read: Read): Read =>
  (value) =>
    value === null || value === undefined ? null : read(value)

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

function timeOf(text: string): number | null {
  const ms = Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`)
  return Number.isNaN(ms) ? null : ms
}
