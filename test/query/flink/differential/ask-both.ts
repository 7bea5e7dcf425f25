import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { hasCode, messageOf } from '../../../../src/base/errors.ts'
import type { FlinkGateway } from '../../../../src/query/flink/gateway.ts'
import { rowText } from '../../../../src/query/flink/lossless.ts'
import type { FlinkSession } from '../../../../src/query/flink/session.ts'
import { splitStatements } from '../../../../src/query/flink/statements.ts'
import { runScript } from '../../../support/query.ts'
import { BASE_SETTINGS } from '../ask-expressions.ts'
import { inOrder } from '../differences.ts'
import type { Subject } from './subjects.ts'

/** Longer than any bounded query takes, on a machine that is busy too. */
const ANSWER_MS = 180_000

/** Rows, or why there are none. */
export interface Answer {
  readonly rows?: readonly string[]
  readonly failed?: string
}

export type Inputs = Readonly<Record<string, string>>

/** A subject in a session of its own on Flink: its tables are made once, its files are written anew for each input. */
export class FlinkSubject {
  readonly #session: FlinkSession
  readonly #folder: string
  readonly #select: string

  private constructor(session: FlinkSession, folder: string, select: string) {
    this.#session = session
    this.#folder = folder
    this.#select = select
  }

  static async open(gateway: FlinkGateway, { script, tables, prelude = [] }: Subject): Promise<FlinkSubject> {
    const folder = await mkdtemp(join(tmpdir(), 'shitops-differential-'))
    const session = await gateway.openSession(BASE_SETTINGS)
    try {
      for (const statement of prelude) await session.run(statement, AbortSignal.timeout(ANSWER_MS))
      let text = script
      for (const { input } of tables) text = text.replaceAll(`\${${input}}`, pathOf(folder, input))
      const statements = splitStatements(text).map((statement) => statement.text)
      for (const statement of statements.slice(0, -1)) await session.run(statement, AbortSignal.timeout(ANSWER_MS))
      return new FlinkSubject(session, folder, statements.at(-1) ?? '')
    } catch (error) {
      await session.close().catch(() => {})
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  async ask(inputs: Inputs): Promise<Answer> {
    for (const [name, lines] of Object.entries(inputs)) await writeFile(pathOf(this.#folder, name), lines)
    try {
      const { rows } = await this.#session.run(this.#select, AbortSignal.timeout(ANSWER_MS))
      return { rows: rows.map(rowText) }
    } catch (error) {
      if (!hasCode(error, 'SHITOPS_E_FLINK_REFUSED')) throw error
      return { failed: messageOf(error) }
    }
  }

  async close(): Promise<void> {
    await this.#session.close().catch(() => {})
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const pathOf = (folder: string, input: string) => join(folder, `${input}.ndjson`)

/** The same of our engine. A record that it leaves out as unreadable fails a job of Flink. */
export async function askOurs({ script }: Subject, inputs: Inputs): Promise<Answer> {
  try {
    const { rows, bad } = await runScript(script, inputs)
    return bad.length > 0 ? { failed: `unreadable: ${bad[0]}` } : { rows }
  } catch (error) {
    // A fault of the program is no answer, whatever Flink says.
    if (error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError)
      return { rows: [`crash: ${error.stack}`] }
    return { failed: messageOf(error) }
  }
}

export function isEqual({ order, digits }: Subject, one: Answer, other: Answer): boolean {
  if (one.rows === undefined || other.rows === undefined) return one.rows === other.rows
  return isDeepStrictEqual(comparable(order, rounded(one.rows, digits)), comparable(order, rounded(other.rows, digits)))
}

function comparable(order: Subject['order'], rows: readonly string[]): readonly string[] {
  try {
    return inOrder(order, rows)
  } catch (error) {
    return [messageOf(error)]
  }
}

function rounded(rows: readonly string[], digits: number | undefined): readonly string[] {
  if (digits === undefined) return rows
  return rows.map((row) =>
    JSON.stringify(JSON.parse(row, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(digits)) : value))),
  )
}
