import { amount, duration, words } from '../../live/format.ts'
import { byUrgency } from '../../live/model/alert-order.ts'
import { severity, stateOf, statusStyle } from './severity.ts'
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
  items: (world, now) =>
    world.alerts.sort(byUrgency).map((alert, i) => {
      const { fingerprint, alert_name, subject, active_at, resolved_at, observed, unit, annotations, status, place } = alert
      const since = Date.parse(active_at)
      const until = resolved_at == null ? world.present(now) : Date.parse(resolved_at)
      return {
        ...{ key: fingerprint, ...place, timestamp: Date.parse(alert.event_time), recordKey: fingerprint },
        value: withoutPlace(alert),
        cells: [
          severity(alert),
          [stateOf(world, alert), statusStyle(status)],
          words(alert_name),
          subject,
          duration(Math.max(0, until - since)),
          amount(observed, unit),
          [annotations?.summary ?? '', 'dim'],
        ],
        order: [i, alert_name, subject, -since],
        command: `shitops alert show ${fingerprint}`,
      }
    }),
  empty: () => 'No alert. Nothing is wrong, as far as the insights can tell; shitops analyze raises them.',
}

function withoutPlace<T extends { place: unknown }>({ place: _, ...alert }: T): Omit<T, 'place'> {
  return alert
}
