import { alertList } from './alert-list.ts'
import type { ListView } from './view.ts'

/** The alerts of the channels that the token opens, the most urgent first. */
export const alertsView: ListView = {
  name: 'alerts',
  columns: [
    { title: 'Severity' },
    { title: 'State', most: 26 },
    { title: 'Alert', most: 32 },
    { title: 'Subject', most: 30 },
    { title: 'For', align: 'right', from: 70 },
    { title: 'Seen', align: 'right', from: 100 },
    { title: 'What', grows: true, from: 90 },
  ],
  sorts: [
    { name: 'urgency', column: 0 },
    { name: 'alert', column: 2 },
    { name: 'subject', column: 3 },
    { name: 'newest', column: 4 },
  ],
  items: (world, now) => alertList(world, now).items,
  widest: (world, now) => alertList(world, now).widest,
  empty: () => 'No alert. Nothing is wrong, as far as the insights can tell; shitops analyze raises them.',
}
