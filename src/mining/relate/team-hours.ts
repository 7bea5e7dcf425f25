const HOUR_MS = 3_600_000
/** Teams that are told apart; later ones are left out and counted. */
const MOST_TEAMS = 1_000

interface Hour {
  /** Sums over the samples of the hour. */
  observedS: number
  callS: number
  intensityS: number
  /** Who was heard, and who was there. */
  heard: Set<string>
  present: Set<string>
  /** Cases on which the team did a step. */
  cases: Set<string>
}

/** A team in an hour in which enough of it were heard. */
export interface TeamHour {
  /** Hours since the epoch. */
  hour: number
  /** Part of the time in calls, 0 to 1; and mean audio intensity. */
  calls: number
  intensity: number
  /** How many were there. */
  people: number
  /** Cases that the team brought forward. */
  advanced: number
}

/** Sums what teams do by the hour. Of a team nothing is given out about hours in which fewer than `k` persons were heard. */
export class TeamHours {
  readonly #teams = new Map<string, Map<number, Hour>>()
  leftOut = 0

  /** A sample of `audio_metrics`; one without person or team says nothing about a team. */
  audio(team: string, person: string, time: number, observedS: number, callS: number, intensity: number): void {
    // A sample ends at its time: one at 10:00 is of the hour before.
    const hour = this.#hour(team, Math.floor((time - 1) / HOUR_MS))
    if (!hour || observedS <= 0) return
    hour.observedS += observedS
    hour.callS += Math.min(callS, observedS)
    hour.intensityS += intensity * observedS
    hour.heard.add(person)
    hour.present.add(person)
  }

  /** Of `device_presence`: somebody is there. */
  presence(team: string, person: string, time: number): void {
    this.#hour(team, Math.floor(time / HOUR_MS))?.present.add(person)
  }

  /** A step was completed. */
  step(team: string, caseId: string, time: number): void {
    this.#hour(team, Math.floor(time / HOUR_MS))?.cases.add(caseId)
  }

  /** Teams of which something may be said, by name, with their hours in order; and how many are withheld, being fewer than `k` in every hour. */
  result(k: number): { teams: Array<{ team: string; hours: TeamHour[] }>; withheld: number } {
    const all = Array.from(this.#teams, ([team, hours]) => ({
      team,
      hours: [...hours]
        .filter(([, { heard }]) => heard.size >= k)
        .sort(([a], [b]) => a - b)
        .map(([hour, { observedS, callS, intensityS, present, cases }]) => {
          return { hour, calls: callS / observedS, intensity: intensityS / observedS, people: present.size, advanced: cases.size }
        }),
    }))
    const teams = all.filter(({ hours }) => hours.length > 0).sort((a, b) => (a.team < b.team ? -1 : 1))
    return { teams, withheld: all.length - teams.length }
  }

  #hour(team: string, hour: number): Hour | undefined {
    let hours = this.#teams.get(team)
    if (!hours) {
      if (this.#teams.size >= MOST_TEAMS) {
        this.leftOut++
        return undefined
      }
      hours = new Map()
      this.#teams.set(team, hours)
    }
    let found = hours.get(hour)
    if (!found) {
      found = { observedS: 0, callS: 0, intensityS: 0, heard: new Set(), present: new Set(), cases: new Set() }
      hours.set(hour, found)
    }
    return found
  }
}
