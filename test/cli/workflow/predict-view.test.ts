import { expect } from 'chai'
import type { TopicOutcome } from '../../../src/cli/workflow/predict-topic.ts'
import { runningText } from '../../../src/cli/workflow/predict-view.ts'

const view = { utc: true, explain: false, width: undefined }
const counts = { events: 0, bad: 0, ended: 0, idle: 0, resumed: 0, dropped: 0 }
const nothing: TopicOutcome = { now: null, learnt_cases: 0, open_cases: 0, running: [], published: 0, counts }

describe('workflow predict, where nothing can be predicted', () => {
  it('tells how many cases there are, and how one of them comes to count as ended', () => {
    const text = runningText({ ...nothing, open_cases: 120, now: '2026-10-27T02:38:00.000Z' }, 20, view)
    expect(text).to.match(
      /^0 cases learnt, 120 cases running at 2026-10-27 02:38:00\.000Z: nothing can be predicted before a case has ended\n/,
    )
    expect(text).to.contain('\n--idle 7d: ').and.to.contain('\n--train FILE --live: ')
  })

  it('tells where there are no cases', () => {
    expect(runningText(nothing, 20, view)).to.match(/^0 cases learnt, 0 cases running: no event of a case was read; /)
  })
})
