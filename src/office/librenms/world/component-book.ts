/** A component of a device: six columns of its own and any attributes beside. */
export interface Component {
  id: number
  device_id: number
  type: string
  label: string
  status: number
  ignore: number
  disabled: number
  error: string
  attributes: Map<string, string>
}

type Column = 'label' | 'status' | 'ignore' | 'disabled' | 'error'
const COLUMNS: readonly Column[] = ['label', 'status', 'ignore', 'disabled', 'error']

export interface ComponentChange {
  component: Component
  /** Lines for the event log. */
  messages: string[]
}

export class ComponentBook {
  readonly components = new Map<number, Component>()
  /** Each change of a status: what the table component_statuslog keeps. */
  readonly statusLog: { component: number; status: number; message: string }[] = []
  #next = 1

  create(device_id: number, type: string): Component {
    const id = this.#next++
    const component = { id, device_id, type, label: '', status: 0, ignore: 0, disabled: 0, error: '', attributes: new Map() }
    this.components.set(id, component)
    this.statusLog.push({ component: id, status: 0, message: 'Component Created' })
    return component
  }

  of(device: number): Component[] {
    return [...this.components.values()].filter(({ device_id }) => device_id === device)
  }

  /**
   * Columns and attributes as given. A column that is not named stays; an attribute that is not named goes, unless `keep`.
   * @param given of the body of a PUT; `type` cannot change
   */
  edit(component: Component, given: Record<string, unknown>, keep: boolean): ComponentChange {
    const messages: string[] = []
    const changed: string[] = []
    const before = component.status
    for (const column of COLUMNS) {
      if (given[column] === undefined || given[column] === null || String(given[column]) === String(component[column])) continue
      if (column === 'label' || column === 'error') component[column] = String(given[column])
      else component[column] = Number(given[column]) || 0
      changed.push(`${column} => ${given[column]}`)
    }
    if (component.status !== before) this.statusLog.push({ component: component.id, status: component.status, message: component.error })
    if (changed.length > 0) messages.push(`Component ${component.id} has been modified: ${changed.join(',')}`)
    messages.push(...this.#attributes(component, given, keep))
    return { component, messages }
  }

  delete(id: number): boolean {
    return this.components.delete(id)
  }

  forget(device: number): void {
    for (const component of this.of(device)) this.components.delete(component.id)
  }

  reset(): void {
    this.components.clear()
    this.#next = 1
  }

  #attributes({ id, type, attributes }: Component, given: Record<string, unknown>, keep: boolean): string[] {
    const messages: string[] = []
    const named = Object.entries(given).filter(([key]) => key !== 'type' && !COLUMNS.includes(key as Column))
    const say = (attribute: string, what: string) => messages.push(`Component: ${type}(${id}). Attribute: ${attribute}, ${what}`)
    for (const [key, value] of named) {
      const old = attributes.get(key)
      if (old === String(value)) continue
      attributes.set(key, String(value))
      say(key, old === undefined ? `was added with value: ${value}` : `was modified from: ${old}, to: ${value}`)
    }
    if (keep) return messages
    const names = new Set(named.map(([key]) => key))
    for (const key of [...attributes.keys()]) {
      if (names.has(key)) continue
      attributes.delete(key)
      say(key, 'was deleted.')
    }
    return messages
  }
}
