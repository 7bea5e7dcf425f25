import { watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Insight } from '../../insights/insight.ts'
import { readInsight, selectInsights } from '../../insights/library.ts'
import { type InsightOptions, type PlannedInsight, planInsight } from '../../insights/plan.ts'

/** An editor writes a file in several steps: read when nothing has happened for so long, ms. */
const SETTLED = 300

/** The insights that were asked for, ready to be run: by name or file, and all that lie in a folder. */
export class InsightFolder {
  readonly #names: readonly string[] | undefined
  readonly #folder: string | undefined
  readonly #options: InsightOptions
  #planned: readonly PlannedInsight[] = []

  /** @param names undefined for all built-in ones; one of the folder takes the place of another of its name */
  constructor(names: readonly string[] | undefined, folder: string | undefined, options: InsightOptions) {
    this.#names = names
    this.#folder = folder
    this.#options = options
  }

  /** @throws where one of them cannot be read or planned */
  async read(): Promise<readonly PlannedInsight[]> {
    const insights = await this.#insights(async (file) => readInsight(file))
    this.#planned = await Promise.all(insights.map((insight) => planInsight(insight, this.#options)))
    return this.#planned
  }

  /** As `read`, but what cannot be read or planned is told, and stays as it was. */
  async readAgain(logger: Logger): Promise<readonly PlannedInsight[]> {
    const before = (name: string) => this.#planned.find(({ insight }) => insight.name === name)
    const insights = await this.#insights(async (file, name) => {
      try {
        return await readInsight(file)
      } catch (error) {
        logger.error(`${messageOf(error)}; ${before(name) ? 'it stays as it was' : 'it is left out'}`)
        return before(name)?.insight
      }
    })
    const planned: PlannedInsight[] = []
    for (const insight of insights) {
      const last = before(insight.name)
      try {
        planned.push(last && last.insight.sql === insight.sql ? last : await planInsight(insight, this.#options))
      } catch (error) {
        logger.error(`${messageOf(error)}; ${last ? 'it stays as it was' : 'it is left out'}`)
        if (last) planned.push(last)
      }
    }
    this.#planned = planned
    return planned
  }

  /** Calls back when files of the folder have changed, or SIGHUP says so, until the signal aborts. */
  watch(signal: AbortSignal, changed: () => void): void {
    if (this.#folder === undefined) return
    let timer: NodeJS.Timeout | undefined
    const soon = () => {
      clearTimeout(timer)
      if (!signal.aborted) timer = setTimeout(changed, SETTLED)
    }
    const watcher = watch(this.#folder, soon)
    // The folder is gone: what was read from it stays, SIGHUP still asks.
    watcher.on('error', () => watcher.close())
    process.on('SIGHUP', soon)
    const end = () => {
      clearTimeout(timer)
      watcher.close()
      process.off('SIGHUP', soon)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  }

  async #insights(read: (file: string, name: string) => Promise<Insight | undefined>): Promise<Insight[]> {
    const found = new Map((await selectInsights(this.#names)).map((insight) => [insight.name, insight]))
    for (const file of await this.#files()) {
      const name = file.slice(0, -'.sql'.length)
      const insight = await read(join(this.#folder ?? '', file), name)
      if (insight) found.set(name, insight)
    }
    return [...found.values()]
  }

  async #files(): Promise<string[]> {
    if (this.#folder === undefined) return []
    try {
      return (await readdir(this.#folder)).filter((file) => file.endsWith('.sql')).sort()
    } catch (cause) {
      throw new ShitopsError('SHITOPS_E_FILE', `--insights ${this.#folder}: the folder cannot be read: ${messageOf(cause)}`, {
        cause,
        suggestions: ['name a folder with .sql files in it'],
      })
    }
  }
}
