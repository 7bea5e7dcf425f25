import { render } from 'preact'
import { App } from './app.tsx'
import { takeToken } from './link/token.ts'
import { connect } from './store.ts'
import './style.css'

connect(takeToken(location, history, sessionStorage))
const root = document.getElementById('app')
if (root) render(<App />, root)
