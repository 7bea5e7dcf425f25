import type { OutRecord } from '../../bus/bus.ts'
import { HeaderTemplate, type OutHeader, type OutHeaders } from '../../bus/header-template.ts'
import { DLQ_HEADER_PREFIX } from '../../events/dlq.ts'
import { toEventTime } from '../../events/record.ts'
import { DLQ_SUFFIX, isTopicName, TOPICS } from '../../events/topics.ts'
import type { JobOutput } from './bus-job-options.ts'

/** CloudEvents type of a row in a topic that is none of ours, and of a late row. */
const ROW_TYPE = 'com.shitops.row.v1'
const LATE_TYPE = 'com.shitops.late_row.v1'
const BLANKS = ['ce_id', 'ce_time', 'ce_subject'] as const

/**
 * Gives the records of a job what each record of the bus has (docs/events.md): a time, and CloudEvents headers. `ce_id` says which row of which
 * job it is, so that a reader who sees it twice knows. A dead letter stays as it was and says whose it is.
 */
export class OutputRecords {
  readonly #job: string
  readonly #source: string
  readonly #templates = new Map<string, HeaderTemplate>()

  constructor(job: string) {
    this.#job = job
    this.#source = `/analyze/${encodeURI(job)}`
  }

  /**
   * @param number of the row in the life of the job
   * @param time of the record that brought it about, ms
   */
  make({ late, ...output }: JobOutput, number: number, time: number): JobOutput & OutRecord {
    if (output.topic.endsWith(DLQ_SUFFIX))
      return {
        ...output,
        timestamp: output.timestamp ?? time,
        headers: [...(output.headers ?? []), [`${DLQ_HEADER_PREFIX}consumer`, this.#job]],
      }
    const timestamp = output.timestamp ?? time
    const values = [`${this.#job}/${number}`, timeText(timestamp), output.key === null ? '' : String(output.key)]
    const kind = `${output.key === null ? '' : 'k'}${output.value === null ? '' : 'v'}${late ? 'l' : ''} ${output.topic}`
    let template = this.#templates.get(kind)
    if (!template) {
      template = this.#template(output, late ?? false)
      this.#templates.set(kind, template)
    }
    const made = template.fill(template.blanks.length === 3 ? values : values.slice(0, 2))
    return { ...output, timestamp, headers: output.headers ? merged(output.headers, made) : made }
  }

  #template({ topic, key, value }: JobOutput, late: boolean): HeaderTemplate {
    const type = late ? LATE_TYPE : isTopicName(topic) ? TOPICS[topic].ceType : ROW_TYPE
    return new HeaderTemplate(
      [
        ['ce_specversion', '1.0'],
        ['ce_id', ''],
        ['ce_source', this.#source],
        ['ce_type', type],
        ['ce_time', ''],
        ...(key === null ? [] : ([['ce_subject', '']] as const)),
        ...(value === null ? [] : ([['content-type', 'application/json']] as const)),
      ],
      key === null ? BLANKS.slice(0, 2) : BLANKS,
    )
  }
}

/** What a row brought along stands, but for the id: that is the row's own. */
function merged(own: OutHeaders, made: OutHeaders): OutHeader[] {
  const mine = [...own].filter(([name]) => name !== 'ce_id')
  const names = new Set(mine.map(([name]) => name))
  // What identifies the record belongs together: an id without its source would be somebody else's.
  const kept = mine.filter(([name]) => name !== 'ce_source')
  return [...[...made].filter(([name]) => name === 'ce_source' || !names.has(name)), ...kept]
}

function timeText(ms: number): string {
  try {
    return toEventTime(Math.floor(ms))
  } catch {
    // Beyond what a date can be: the record says so itself.
    return toEventTime(0)
  }
}
