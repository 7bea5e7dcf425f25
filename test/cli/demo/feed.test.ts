import { expect } from 'chai'
import { Feed } from '../../../src/cli/demo/feed.ts'

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}

describe('a feed', () => {
  it('hands over batch by batch, in order, and each is taken before the next is given', async () => {
    const feed = new Feed<number>()
    const log: string[] = []
    const reading = (async () => {
      for await (const batch of feed) {
        log.push(`read ${batch}`)
        await turns(3)
        log.push(`done ${batch}`)
      }
    })()
    for (const batch of [[1], [2, 3], [], [4]]) {
      await feed.give(batch)
      log.push(`given ${batch}`)
    }
    feed.end()
    await reading
    expect(log).to.deep.equal(['read 1', 'done 1', 'given 1', 'read 2,3', 'done 2,3', 'given 2,3', 'given ', 'read 4', 'done 4', 'given 4'])
  })

  it('does not hold its giver when the reader leaves or fails', async () => {
    const feed = new Feed<number>()
    const reading = (async () => {
      for await (const _ of feed) throw new Error('enough')
    })()
    const giving = feed.give([1])
    expect(String(await reading.catch((error: unknown) => error))).to.include('enough')
    await giving
    await feed.give([2])
  })

  it('ends a reader that waits, and a giver that waits', async () => {
    const idle = new Feed<number>()
    const reading = idle[Symbol.asyncIterator]().next()
    await turns(2)
    idle.end()
    expect(await reading).to.include({ done: true })
    const unread = new Feed<number>()
    const giving = unread.give([1])
    unread.end()
    await giving
  })
})
