import { expect } from 'chai'
import fc from 'fast-check'
import { loadGnmi } from '../../../../src/collectors/gnmi/client/grpc.ts'
import { readGetResponse } from '../../../../src/collectors/gnmi/wire/get-response.ts'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import { RESPONSES } from '../support/corpus.ts'
import { subscribeResponse } from '../support/proto.ts'

const notifications = RESPONSES.flatMap(([, message]) => ('update' in message ? [(message as { update: object }).update] : []))
const extension = [{ registered_ext: { id: 1, msg: Buffer.from([10, 1, 65]) } }]

async function encoded(message: object): Promise<Buffer> {
  return (await loadGnmi()).methods.Get.responseSerialize(message)
}

describe('GetResponse', () => {
  it('has notifications that are SubscribeResponses, byte for byte', async () => {
    const answer = readGetResponse(await encoded({ notification: notifications, extension }))
    if (answer instanceof Malformed) expect.fail(answer.message)
    expect(answer.error).to.equal(undefined)
    expect(answer.notifications.map((bytes) => subscribeResponse.decode(bytes))).to.deep.equal(
      notifications.map((update) => subscribeResponse.decode(subscribeResponse.encode({ update }))),
    )
  })

  it('may have an error, and nothing', async () => {
    const answer = readGetResponse(await encoded({ error: { code: 5, message: 'no such path' }, notification: [{}] }))
    if (answer instanceof Malformed) expect.fail(answer.message)
    expect(answer.notifications).to.have.length(1)
    expect(subscribeResponse.decode(answer.error ?? Buffer.alloc(0))).to.deep.equal({
      error: { code: 5, message: 'no such path' },
      response: 'error',
    })
    expect(readGetResponse(Buffer.alloc(0))).to.deep.equal({ notifications: [], error: undefined })
  })

  it('is malformed where it is cut off within a field', async () => {
    const bytes = await encoded({ notification: notifications, extension })
    fc.assert(
      fc.property(fc.nat(bytes.length), (length) => {
        const answer = readGetResponse(bytes.subarray(0, length))
        const rest = answer instanceof Malformed ? undefined : answer.notifications.reduce((sum, one) => sum + one.length, 0)
        expect(rest ?? 0).to.be.at.most(length)
        if (rest !== undefined && length < bytes.length) expect(rest).to.equal(length)
      }),
    )
    expect(readGetResponse(bytes.subarray(0, -1))).to.be.instanceOf(Malformed)
  })

  it('never throws, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void readGetResponse(Buffer.from(bytes))))
  })
})
