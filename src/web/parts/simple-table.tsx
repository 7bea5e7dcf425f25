import type { ComponentChildren } from 'preact'

interface Props {
  title: string
  id: string
  columns: readonly string[]
  rows: ReadonlyArray<{ key: string; cells: readonly ComponentChildren[]; bad?: boolean }>
  empty: string
  /** From this column on cells are numbers, to the right. */
  numbersFrom?: number
}

/** A card with a table; the first cell of a row is its name. */
export function SimpleTable({ title, id, columns, rows, empty, numbersFrom = 1 }: Props) {
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {rows.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <section class="scroll" tabIndex={0} aria-label={`${title}: rows`}>
          <table>
            <thead>
              <tr>
                {columns.map((name, i) => (
                  <th scope="col" key={name} class={i >= numbersFrom ? 'number' : ''}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, cells, bad }) => (
                <tr key={key} class={bad ? 'bad' : ''}>
                  {cells.map((cell, i) =>
                    i === 0 ? (
                      <th scope="row" key={columns[i]}>
                        {cell}
                      </th>
                    ) : (
                      <td key={columns[i]} class={i >= numbersFrom ? 'number' : ''}>
                        {cell}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
