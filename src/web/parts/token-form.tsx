import { keepToken } from '../link/token.ts'

/** The server wants a token that this page does not have. */
export function TokenForm() {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.target as HTMLFormElement).get('token')
    if (typeof given !== 'string' || given.trim() === '') return
    keepToken(given.trim(), sessionStorage)
    location.reload()
  }
  return (
    <form class="token" onSubmit={submit}>
      <h2>A token is needed</h2>
      <p>
        <code>shitops serve</code> names the file with the tokens when it starts. This page keeps one until the tab is closed.
      </p>
      <label>
        Token <input name="token" type="password" autocomplete="off" required />
      </label>
      <button type="submit">Connect</button>
    </form>
  )
}
