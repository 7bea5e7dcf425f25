export interface RouteTraffic {
  requests: number
  /** Of bodies, as sent. */
  bytes: number
}

/** What clients asked for and what it cost: the double's side of a request budget. */
export class Traffic {
  readonly #routes = new Map<string, RouteTraffic>()
  #inFlight = 0
  #most = 0

  begin(route: string): void {
    const of = this.#of(route)
    of.requests++
    this.#inFlight++
    this.#most = Math.max(this.#most, this.#inFlight)
  }

  sent(route: string, bytes: number): void {
    this.#of(route).bytes += bytes
  }

  end(): void {
    this.#inFlight--
  }

  /** By name of the route; what no route took is `not_found`, and without a good token `unauthenticated`. */
  get routes(): ReadonlyMap<string, RouteTraffic> {
    return this.#routes
  }

  get total(): RouteTraffic {
    const total = { requests: 0, bytes: 0 }
    for (const { requests, bytes } of this.#routes.values()) {
      total.requests += requests
      total.bytes += bytes
    }
    return total
  }

  /** The most requests that were answered at once. */
  get mostAtOnce(): number {
    return this.#most
  }

  get inFlight(): number {
    return this.#inFlight
  }

  reset(): void {
    this.#routes.clear()
    this.#most = this.#inFlight
  }

  #of(route: string): RouteTraffic {
    const known = this.#routes.get(route)
    if (known) return known
    const fresh = { requests: 0, bytes: 0 }
    this.#routes.set(route, fresh)
    return fresh
  }
}
