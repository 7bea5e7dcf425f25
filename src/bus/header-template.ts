/** Header names may repeat, as in Kafka; text is UTF-8. */
export type OutHeader = readonly [name: string, value: Buffer | string]

/** Headers of a record to write, in their order. To be gone through; only a list has an index. */
export type OutHeaders = readonly OutHeader[] | FilledHeaders

/**
 * Headers that are the same for all records of a source but for the values of some, its blanks: a bus may encode the rest once. What
 * {@link fill} gives is a value like a list, whole in itself: a record that is copied field by field keeps it.
 *
 * @example new HeaderTemplate([['ce_id', ''], ['ce_source', '/gnmi/leaf-1']], ['ce_id']).fill(['1-17'])
 */
export class HeaderTemplate {
  /** All of them; the values of the blanks do not count. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** Where in the headers the blanks are, ascending. */
  readonly blanks: readonly number[]

  /** @param blanks names of the headers whose values vary, in the order in which they stand in `headers` */
  constructor(headers: ReadonlyArray<readonly [name: string, value: string]>, blanks: readonly string[]) {
    this.headers = headers.map(([name, value]) => [name, value] as const)
    this.blanks = headers.flatMap(([name], i) => (blanks.includes(name) ? [i] : []))
    if (this.blanks.length !== blanks.length || this.blanks.some((at, i) => headers[at]?.[0] !== blanks[i]))
      throw new TypeError(`blanks ${blanks.join(', ')} in headers ${headers.map(([name]) => name).join(', ')}`)
  }

  /** @param values of the blanks, in their order; not to be changed afterwards */
  fill(values: readonly string[]): FilledHeaders {
    return new FilledHeaders(this, values)
  }
}

/** The headers of one record, made of a template. */
export class FilledHeaders implements Iterable<OutHeader> {
  readonly template: HeaderTemplate
  /** Of the template's blanks, in their order. */
  readonly values: readonly string[]
  #list: readonly OutHeader[] | undefined

  constructor(template: HeaderTemplate, values: readonly string[]) {
    this.template = template
    this.values = values
  }

  [Symbol.iterator](): Iterator<OutHeader> {
    this.#list ??= this.#asList()
    return this.#list[Symbol.iterator]()
  }

  #asList(): readonly OutHeader[] {
    const { headers, blanks } = this.template
    const list: OutHeader[] = headers.slice()
    for (const [i, at] of blanks.entries()) list[at] = [headers[at]?.[0] ?? '', this.values[i] ?? '']
    return list
  }
}
