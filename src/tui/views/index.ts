import { alertsView } from './alerts.ts'
import { logView } from './log.ts'
import { networkView } from './network.ts'
import { overviewView } from './overview.ts'
import { peopleView } from './people.ts'
import { topicsView } from './topics.ts'
import type { ListView, ViewName } from './view.ts'
import { workflowView } from './workflow.ts'

export const VIEWS: Readonly<Record<ViewName, ListView>> = {
  overview: overviewView,
  alerts: alertsView,
  people: peopleView,
  network: networkView,
  workflow: workflowView,
  topics: topicsView,
  log: logView,
}
