import type { RefObject } from 'preact'

const KEYS: ReadonlyArray<readonly [key: string, does: string]> = [
  ['1, 2', 'the finance view, the operations view'],
  ['/', 'search the alerts'],
  ['Tab, Enter', 'to an alert, and its explanation'],
  ['Esc', 'close the explanation'],
  ['p', 'pause and resume; nothing is lost meanwhile'],
  ['?', 'this list'],
]

export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    <dialog ref={dialog} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
