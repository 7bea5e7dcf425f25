import type { RecordedRequest } from './recorded-request.ts'

/** A status other than OK, as an answer to a unary RPC. */
export class Refusal {
  /** As in grpc.status. */
  readonly code: number
  readonly details: string

  constructor(code: number, details: string) {
    this.code = code
    this.details = details
  }
}

/** No answer, ever. */
export const HANG = Symbol('hang')

/** A message in the shape of the .proto file, the very bytes of one, a status, or silence. */
export type Answer = object | Buffer | Refusal | typeof HANG

/** The answer to every request of a method, or what makes it, `index` counting the method's requests from 0. */
export type AnswerScript = Answer | ((request: RecordedRequest, index: number) => Answer | Promise<Answer>)

export const CAPABILITIES = {
  supported_models: [
    { name: 'openconfig-interfaces', organization: 'OpenConfig working group', version: '4.0.0' },
    { name: 'openconfig-system', organization: 'OpenConfig working group', version: '2.3.0' },
  ],
  supported_encodings: ['JSON', 'BYTES', 'PROTO', 'ASCII', 'JSON_IETF'],
  gNMI_version: '0.10.0',
}

interface SetMessage {
  prefix?: object
  delete?: object[]
  replace?: Array<{ path?: object }>
  update?: Array<{ path?: object }>
  union_replace?: Array<{ path?: object }>
}

/** What a target that did everything says: a result per operation, in the order in which it applies them. */
export function everythingSet({ message }: RecordedRequest): object {
  const { prefix, delete: deletes = [], replace = [], update = [], union_replace = [] } = message as SetMessage
  const results = (op: string, paths: Array<object | undefined>) => paths.map((path) => ({ path, op }))
  const pathsOf = (updates: Array<{ path?: object }>) => updates.map(({ path }) => path)
  return {
    prefix,
    response: [
      ...results('DELETE', deletes),
      ...results('REPLACE', pathsOf(replace)),
      ...results('UPDATE', pathsOf(update)),
      ...results('UNION_REPLACE', pathsOf(union_replace)),
    ],
    timestamp: '1774965731250417113',
  }
}
