/** Shows a scan to a person, record by record. */
export interface ScanView {
  /** @param value the record's value, of the topic's type */
  record(topic: string, value: unknown): void
  /** Resolves when what is due is on the screen, or on its way. */
  flush(): Promise<void>
  /** Somebody else is about to write on the same terminal. */
  makeRoom(): void
  /** Nothing more comes. */
  end(): Promise<void>
}

export interface Screen {
  write(text: string): Promise<void>
  /** Size of the terminal now. */
  readonly columns: number
  readonly rows: number
  utc: boolean
}
