/** What we use of sql.js (SQLite as WebAssembly); it has no types of its own. */
declare module 'sql.js' {
  export type SqlValue = number | string | Uint8Array | null
  export interface Statement {
    step(): boolean
    getAsObject(): Record<string, SqlValue>
    free(): void
  }
  export interface Database {
    prepare(sql: string): Statement
    close(): void
  }
  export interface SqlJs {
    Database: new (data: Uint8Array) => Database
  }
  const initSqlJs: () => Promise<SqlJs>
  export default initSqlJs
}
