import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { systemClock } from '../../../../../src/base/clock.ts'
import { FileWatch, type FileWatchOptions } from '../../../../../src/collectors/gnmi/targets/sources/file-watch.ts'
import { settingsFile } from '../../../../../src/collectors/gnmi/targets/sources/settings-file.ts'
import { useTempDir } from '../../../../support/temp-dir.ts'
import { MemoryLogger } from '../../../compliance.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'
import { until } from '../../support/until.ts'

const PACE = { clock: systemClock, interval: 10, settle: 30 }

describe('a file that is watched', () => {
  const dir = useTempDir()
  let stop: AbortController
  beforeEach(() => {
    stop = new AbortController()
  })
  afterEach(() => stop.abort())
  const at = (name: string) => join(dir(), name)
  /** Another file in its place, whole from its first moment: one that is written in place is empty for a moment, which is a change too. */
  const replace = async (name: string, text: string) => {
    await writeFile(at(`.${name}.tmp`), text)
    await rename(at(`.${name}.tmp`), at(name))
  }

  /** What a settings file gives, as it comes; its content is `{…}`, and `bad…` is not valid. */
  async function watched(file: string, text: string, pace: FileWatchOptions = PACE) {
    const watch = new FileWatch(pace)
    await watch.mark([file])
    const logger = new MemoryLogger()
    const seen: string[] = []
    const read = (content: string) => (content.startsWith('bad') ? { problems: [`${file}:1:1: is bad`] } : { content })
    const running = (async () => {
      for await (const { content } of settingsFile<{ content: string }>({ file, text, read, watch, signal: stop.signal, logger }))
        seen.push(content)
    })()
    const sees = (content: string) => until(() => seen.at(-1) === content)
    const says = (part: string) => until(() => logger.lines.some((line) => line.includes(part)))
    return { seen, logger, sees, says, running }
  }

  it('is seen when it is written in place, and several writes in a row are one change', async () => {
    await writeFile(at('f'), 'one')
    const clock = new SteppedClock()
    const { seen, sees } = await watched(at('f'), 'one', { clock })
    await clock.asleep()
    for (const text of ['', 'half', 'half of it', 'two']) {
      await writeFile(at('f'), text)
      await clock.step()
      await clock.asleep()
    }
    expect(seen, 'not at rest').to.deep.equal([])
    await clock.step()
    await sees('two')
    await clock.asleep()
    await writeFile(at('f'), 'three')
    await clock.step()
    await clock.step()
    await sees('three')
    expect(seen).to.deep.equal(['two', 'three'])
  })

  it('is seen when an editor puts another file in its place', async () => {
    await writeFile(at('f'), 'one')
    const { sees } = await watched(at('f'), 'one')
    for (const text of ['two', 'six', 'ten']) {
      await replace('f', text)
      await sees(text)
    }
  })

  it('is seen when it is moved away first and written anew', async () => {
    await writeFile(at('f'), 'one')
    const { sees } = await watched(at('f'), 'one')
    await rename(at('f'), at('f~'))
    await writeFile(at('f'), 'two')
    await sees('two')
  })

  it('is seen when a link on the way to it points somewhere else, as Kubernetes does it', async () => {
    for (const version of ['v1', 'v2']) {
      await mkdir(at(version))
      await writeFile(join(at(version), 'f'), version)
    }
    await symlink('v1', at('..data'))
    await symlink('..data/f', at('f'))
    const { sees } = await watched(at('f'), 'v1')
    await symlink('v2', at('..data_tmp'))
    await rename(at('..data_tmp'), at('..data'))
    await rm(at('v1'), { recursive: true })
    await sees('v2')
  })

  it('may be gone for a while, which is told', async () => {
    await writeFile(at('f'), 'one')
    const { seen, sees, says } = await watched(at('f'), 'one')
    await rm(at('f'))
    await says(`${at('f')} is gone; the targets that it named stay`)
    await replace('f', 'two')
    await sees('two')
    expect(seen).to.deep.equal(['two'])
  })

  it('may not be valid for a while, which is told with the place', async () => {
    await writeFile(at('f'), 'one')
    const { seen, sees, says, logger } = await watched(at('f'), 'one')
    await replace('f', 'bad')
    await says(`${at('f')} is not valid; the targets that it named before stay`)
    expect(logger.lines).to.include(`${at('f')}:1:1: is bad`)
    expect(seen).to.deep.equal([])
    await replace('f', 'two')
    await sees('two')
  })

  it('says nothing new where only its times change', async () => {
    await writeFile(at('f'), 'one')
    const { seen, sees } = await watched(at('f'), 'one')
    await replace('f', 'one')
    await chmod(at('f'), 0o600)
    await replace('f', 'two')
    await sees('two')
    expect(seen).to.deep.equal(['two'])
  })

  it('ends with the signal', async () => {
    await writeFile(at('f'), 'one')
    const { running } = await watched(at('f'), 'one')
    stop.abort()
    await running
  })

  it('is one of several; a change of any is told, of one that is no longer watched is not, and none falls between', async () => {
    const watch = new FileWatch(PACE)
    for (const name of ['a', 'b']) await writeFile(at(name), '1')
    await watch.mark([at('a'), at('b'), at('not there')])
    let changes = 0
    const running = (async () => {
      for await (const _ of watch.changes(stop.signal)) changes++
    })()
    await replace('b', '2')
    await until(() => changes === 1)
    await replace('not there', 'but now')
    await until(() => changes === 2)
    await chmod(at('a'), 0o600)
    await until(() => changes === 3)
    // Marked again after it has changed: the mark from before counts.
    await replace('a', '22')
    await watch.mark([at('a')])
    await until(() => changes === 4)
    await replace('b', 'nobody looks')
    await replace('a', '333')
    await until(() => changes === 5)
    stop.abort()
    await running
    expect(changes).to.equal(5)
  })
})
