/** Why JSON is not a message. Thrown inside, returned at the door. */
export class ProtoJsonProblem {
  readonly message: string

  /** @param where the field, `update.update[2].val.uintVal`; '' is the message as a whole */
  constructor(where: string, what: string) {
    this.message = where === '' ? what : `${where} ${what}`
  }
}
