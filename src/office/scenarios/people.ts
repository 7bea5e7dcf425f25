import { random } from '../random.ts'
import { Background, siteOf, within } from './background.ts'
import { MINUTE, OPENED_AT, type Scenario } from './scenario.ts'

const at = (minute: number): string => new Date(OPENED_AT + minute * MINUTE).toISOString()

/** Calls, headsets and who can be reached. */
export const PEOPLE: readonly Scenario[] = [
  {
    name: 'loss under a call',
    insight: 'call_quality_at_risk',
    fires: 'access-1',
    about: 'access-1 loses 5 to 9 % of its packets for four minutes, with a call over it',
    minutes: 20,
    records: (seed) => {
      const dice = random(seed, 'loss')
      return new Background(seed, 20, 10, {
        inCall: (desk, minute) => (siteOf(desk) === 'floor-1' && within(minute, 5, 14) ? true : undefined),
        loss: ({ target }, minute) => (target === 'access-1' && within(minute, 8, 12) ? dice.between(0.05, 0.09) : undefined),
      }).records
    },
  },
  {
    name: 'loss that nobody hears',
    insight: 'call_quality_at_risk',
    about: 'access-2 loses as much with nobody there in a call; access-1 loses it for 25 s under a call',
    minutes: 20,
    records: (seed) =>
      new Background(seed, 20, 10, {
        inCall: (desk, minute) => (within(minute, 5, 14) ? siteOf(desk) === 'floor-1' : undefined),
        loss: ({ target }, minute) => {
          if (target === 'access-2' && within(minute, 8, 12)) return 0.07
          return target === 'access-1' && within(minute, 9, 9.4) ? 0.06 : undefined
        },
      }).records,
  },
  {
    name: 'a headset dies in a call',
    insight: 'headset_battery_low_in_call',
    fires: 'ledger-1',
    about: 'ledger-1 is in a call for ten minutes, and the headset falls through 20 %',
    minutes: 25,
    records: (seed) =>
      new Background(seed, 25, 10, {
        inCall: ({ person }, minute) => (person === 'ledger-1' ? within(minute, 5, 15) : undefined),
        battery: ({ person }, minute) => (person === 'ledger-1' ? 10 * Math.floor(Math.max(12, 26 - minute) / 10) : undefined),
      }).records,
  },
  {
    name: 'an empty headset at rest',
    insight: 'headset_battery_low_in_call',
    about: 'the same headset, and its owner takes no call',
    minutes: 25,
    records: (seed) =>
      new Background(seed, 25, 10, {
        inCall: ({ person }) => (person === 'ledger-1' ? false : undefined),
        battery: ({ person }) => (person === 'ledger-1' ? 10 : undefined),
      }).records,
  },
  {
    name: 'the approver has left',
    insight: 'person_unreachable_before_due',
    fires: 'payables-1/urgent-1',
    about: 'an approval is due at 10:15, and its approver has not been heard since 9:20',
    minutes: 90,
    records: (seed) => {
      const day = new Background(seed, 90, 60, {
        battery: ({ person }, minute) => (person === 'payables-1' && minute > 20 ? null : undefined),
      })
      const task = { case_id: 'urgent-1', activity: 'approve payment run', process: 'payment', team: 'payables', person: 'payables-1' }
      day.workflow(5, { ...task, lifecycle: 'assigned', due_at: at(75) })
      return day.records
    },
  },
  {
    name: 'a deputy has approved',
    insight: 'person_unreachable_before_due',
    about: 'the same, and somebody else approves it at 9:40',
    minutes: 90,
    records: (seed) => {
      const day = new Background(seed, 90, 60, {
        battery: ({ person }, minute) => (person === 'payables-1' && minute > 20 ? null : undefined),
      })
      const task = { case_id: 'urgent-1', activity: 'approve payment run', process: 'payment', team: 'payables', due_at: at(75) }
      day.workflow(5, { ...task, lifecycle: 'assigned', person: 'payables-1' })
      day.workflow(40, { ...task, person: 'payables-2' })
      return day.records
    },
  },
  {
    name: 'an hour of meetings',
    insight: 'meeting_overload',
    fires: 'ledger',
    about: 'the three people of the ledger team are in calls for 80 % of an hour and more',
    minutes: 110,
    records: (seed) =>
      new Background(seed, 110, 60, {
        inCall: ({ team }, minute) => (team === 'ledger' && within(minute, 10, 90) ? minute % 10 < 8 : undefined),
      }).records,
  },
  {
    name: 'two who talk all morning',
    insight: 'meeting_overload',
    about: 'both people of the receivables team are in calls all the time: two are no team',
    minutes: 110,
    records: (seed) => new Background(seed, 110, 60, { inCall: ({ team }) => (team === 'receivables' ? true : undefined) }).records,
  },
]
