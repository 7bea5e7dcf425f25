import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { TestServer, TOKENS, until } from '../server/support/server.ts'
import { chromiumPath, launchChromium } from '../support/chromium.ts'
import { useTempDir } from '../support/temp-dir.ts'

const WEB = resolve('dist/web')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** gzip, bytes: everything that the page loads. */
const BUDGET = 60_000

describe('web: the page in a browser', () => {
  const dir = useTempDir()
  let browser: Browser
  let test: TestServer
  const pages: Page[] = []
  /** What a page must not do: errors, requests to somewhere else, policy violations. */
  let wrong: string[]

  before(async function () {
    const path = chromiumPath()
    if (path === undefined) {
      console.log('      no Chromium here: apt-get install chromium')
      this.skip()
    }
    browser = await launchChromium(path)
  })

  after(() => browser?.close())

  beforeEach(async () => {
    wrong = []
    test = await TestServer.start(dir(), { webRoot: WEB })
  })

  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close()
    await test.close()
  })

  async function open(token: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
    const page = await context.newPage()
    pages.push(page)
    page.on('pageerror', ({ message }) => wrong.push(message))
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) wrong.push(message.text())
    })
    page.on('request', (request) => {
      if (!/^(?:http:\/\/127\.0\.0\.1:|data:)/.test(request.url())) wrong.push(request.url())
    })
    await page.goto(`${test.server.url}/#token=${token}`)
    return page
  }

  const live = (page: Page) => page.waitForSelector('.link.live')
  const alert = async (fields: object) => test.append('alerts', await test.example('alerts', fields))

  it('shows what is and what comes, in order of urgency, and the token nowhere', async () => {
    await alert({ fingerprint: 'aaaaaaaaaaaaaaaa', severity: 'warning', subject: 'access-1' })
    const page = await open(TOKENS.operations)
    await live(page)
    await page.waitForSelector('text=access-1')
    expect(page.url()).to.equal(`${test.server.url}/`)
    await alert({ fingerprint: 'bbbbbbbbbbbbbbbb', severity: 'critical', subject: 'core-1' })
    await page.waitForSelector('text=core-1')
    expect(await page.locator('button.row .subject').allInnerTexts()).to.eql(['core-1', 'access-1'])
    expect(await page.title()).to.match(/^\(2\) Operations/)
    expect(await page.content()).not.to.contain(TOKENS.operations)
    expect(wrong).to.eql([])
  })

  it('draws series as lines or as a table, with the band of an alert about them', async () => {
    const page = await open(TOKENS.operations)
    await live(page)
    for (let i = 0; i < 30; i++) {
      const event_time = new Date(Date.UTC(2026, 2, 31, 14, 0, i * 10)).toISOString()
      const sample = { event_time, target: 'access-1', metric: 'packet_loss', instance: 'e1', unit: 'ratio', value: i / 1000 }
      await test.append('device_metrics', await test.example('device_metrics', sample))
    }
    const chart = page.locator('figure.chart', { hasText: 'Packet loss' })
    await chart.getByRole('button').click()
    await page.waitForSelector('td:has-text("2.9 %")')
    await chart.getByRole('button').click()
    await chart.locator('canvas').waitFor()
    expect(await chart.getByRole('img').getAttribute('aria-label')).to.contain('access-1 e1 2.9 %')
    expect(wrong).to.eql([])
  })

  it('explains an alert, by keyboard alone, and silences it with the command that does the same', async () => {
    await alert({ subject: 'access-1', channel: 'operations' })
    const page = await open(TOKENS.writer)
    await live(page)
    await page.keyboard.press('2')
    await page.waitForSelector('text=access-1')
    await page.keyboard.press('/')
    await page.keyboard.type('access-1')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const detail = page.locator('aside')
    await detail.waitFor()
    expect(await detail.textContent()).to.contain('Seen 3.4 %; expected 0 % to 0.5 %')
    expect(await detail.textContent()).to.contain('shitops tail insights --partition 0 --from 412 --max 1')
    await detail.getByRole('button', { name: 'I am on it' }).click()
    await detail.getByText('desk is on it').first().waitFor()
    await detail.getByRole('button', { name: 'Silence…' }).click()
    await detail.getByLabel('Because').fill('cabling')
    await detail.getByRole('button', { name: 'Silence', exact: true }).click()
    await detail.getByText('silenced', { exact: true }).waitFor()
    await until(
      'the silence is on the bus',
      async () => ((await (await test.fetch('/api/v1/silences', TOKENS.both)).json()) as { silences: unknown[] }).silences.length === 1,
    )
    expect(await detail.textContent()).to.contain("shitops alert silence --matcher 'alertname=")
    await page.keyboard.press('Escape')
    await detail.waitFor({ state: 'detached' })
  })

  it('tells of low batteries: how many, and of an alert what it rests on', async () => {
    const battery = (i: number) => ({ device: `hs_00000000000000${i}0`, person: `payables-${i}`, battery_pct: i === 0 ? 10 : 80 })
    for (let i = 0; i < 6; i++) await test.append('device_presence', await test.example('device_presence', battery(i)))
    const page = await open(TOKENS.finance)
    await live(page)
    await page.waitForSelector('.kpi:has-text("Batteries low"):has-text("at 20 %") .value:has-text("1")')
    await page.waitForSelector('.board :text("1 headset at 20 % or less")')
    const evidence = [{ topic: 'device_presence', partition_id: 1, record_offset: 4, excerpt: 'battery 10 %' }]
    const named = { alert_name: 'headset_battery_low_in_call', subject: 'payables-0', labels: { team: 'payables' }, details: {} }
    await alert({ ...named, channel: 'finance', observed: 10, expected_low: 20, expected_high: null, unit: '%', evidence })
    await page.locator('button.row', { hasText: 'payables-0' }).click()
    const detail = page.locator('aside')
    await detail.getByText('battery 10 %').waitFor()
    expect(await detail.textContent()).to.contain('shitops tail device_presence --partition 1 --from 4 --max 1')
    expect(wrong).to.eql([])
  })

  it('tells of bad input: what nobody could read, and what lies in dead letters', async () => {
    await test.append('device_metrics', await test.example('device_metrics'))
    const page = await open(TOKENS.operations)
    await live(page)
    expect(await page.locator('.status').textContent()).not.to.match(/unreadable|dead letter/)
    const odd = { key: 'k', timestamp: Date.now(), headers: [] }
    await test.bus.createTopic({ name: 'device_metrics.dlq', partitions: 1 })
    await test.bus.append('device_metrics', [{ ...odd, value: 'no JSON' }])
    await test.bus.append(
      'device_metrics.dlq',
      ['a', 'b'].map((value) => ({ ...odd, value })),
    )
    await page.waitForSelector('.status :text("1 unreadable record")')
    await page.waitForSelector('.status :text("2 dead letters")')
    // What is JSON and no sample is left out by the page itself.
    await test.bus.append('device_metrics', [{ ...odd, value: '{"target":"x"}' }])
    await page.waitForSelector('.status :text("2 unreadable records")')
    expect(wrong).to.eql([])
  })

  it('says which alert hides one that nobody is told of, and leads there', async () => {
    const base = await test.example('alerts', { fingerprint: 'aaaaaaaaaaaaaaaa', subject: 'access-1' })
    await test.append('alerts', base)
    await alert({ fingerprint: 'bbbbbbbbbbbbbbbb', alert_name: 'site_down', severity: 'critical', subject: 'hq' })
    const { fingerprint, active_at } = base
    await test.append(
      'alert_inhibitions',
      await test.example('alert_inhibitions', { fingerprint, active_at, inhibited_by: ['bbbbbbbbbbbbbbbb'] }),
    )
    const page = await open(TOKENS.operations)
    await live(page)
    await page.waitForSelector('td:has-text("firing, hidden by another")')
    await page.locator('button.row', { hasText: 'access-1' }).click()
    const detail = page.locator('aside')
    await detail.getByText('Nobody is told, because this fires').waitFor()
    expect(((await page.evaluate(`${AXE};axe.run()`)) as { violations: unknown[] }).violations).to.eql([])
    await detail.getByRole('button', { name: 'Site down hq' }).click()
    await page.locator('aside[aria-label="Site down: hq"]').waitFor()
    expect(wrong).to.eql([])
  })

  it('comes back when the server was killed, and has missed nothing', async () => {
    await alert({ fingerprint: 'aaaaaaaaaaaaaaaa', subject: 'access-1' })
    const page = await open(TOKENS.operations)
    await live(page)
    await page.waitForSelector('text=access-1')
    const { port } = test.server
    await test.close()
    await page.waitForSelector('.link.lost, .link.connecting')
    expect(await page.locator('button.row .subject').allInnerTexts()).to.eql(['access-1'])
    test = await TestServer.start(dir(), { webRoot: WEB, port })
    await alert({ fingerprint: 'bbbbbbbbbbbbbbbb', subject: 'core-1' })
    await page.waitForSelector('text=core-1', { timeout: 60_000 })
    expect((await page.locator('button.row .subject').allInnerTexts()).sort()).to.eql(['access-1', 'core-1'])
    expect(await page.locator('.status').textContent()).not.to.contain('missing')
  })

  it('asks for a token where it has none or a wrong one', async () => {
    const page = await open('no-such-token-0123456789')
    await page.waitForSelector('text=A token is needed', { timeout: 60_000 })
    await page.getByLabel('Token').fill(TOKENS.finance)
    await page.getByRole('button', { name: 'Connect' }).click()
    await live(page)
    expect(await page.getByRole('navigation').getByRole('button').allInnerTexts()).to.eql(['Finance'])
  })

  it('is refused to pages of other origins, which the server says with 403', async () => {
    const page = await open(TOKENS.operations)
    await live(page)
    const { url } = test.server
    const foreign = await test.fetch('/api/v1/alerts', TOKENS.operations, { headers: { origin: 'https://evil.example' } })
    expect(foreign.status).to.equal(403)
    await page.route('http://evil.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>evil' }))
    await page.goto('http://evil.test/')
    const opened = await page.evaluate(
      ([address, token]) =>
        new Promise((done) => {
          const ws = new WebSocket(`${address?.replace('http', 'ws')}/api/v1/ws`, ['shitops.v1', `auth.${token}`])
          ws.onopen = () => done('opened')
          ws.onclose = ({ code }) => done(code)
        }),
      [url, TOKENS.operations],
    )
    expect(opened).to.equal(1006)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe finds fault with, ${colorScheme}`, async () => {
      await alert({ fingerprint: 'aaaaaaaaaaaaaaaa', subject: 'access-1', channel: 'operations' })
      await alert({ fingerprint: 'bbbbbbbbbbbbbbbb', subject: 'payables', channel: 'finance', severity: 'critical' })
      await test.append('workflow_events', await test.example('workflow_events'))
      await test.append('device_metrics', await test.example('device_metrics', { metric: 'packet_loss', unit: 'ratio' }))
      for (let i = 0; i < 6; i++)
        await test.append(
          'device_presence',
          await test.example('device_presence', { device: `hs_00000000000000${i}0`, person: `payables-${i}` }),
        )
      const page = await open(TOKENS.writer, { colorScheme })
      await live(page)
      for (const [key, name] of [
        ['1', 'Finance'],
        ['2', 'Operations'],
      ] as const) {
        await page.keyboard.press(key)
        await page.locator('nav [aria-pressed=true]', { hasText: name }).waitFor()
        await page.locator('button.row').first().click()
        await page.locator('aside').getByRole('button', { name: 'Silence…' }).click()
        const found = await page.evaluate(`${AXE};axe.run()`)
        const { violations } = found as { violations: Array<{ id: string; nodes: Array<{ html: string }> }> }
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).to.eql([])
      }
      expect(wrong).to.eql([])
    })
  }

  it('fits a narrow screen', async () => {
    const page = await open(TOKENS.writer, { viewport: { width: 390, height: 800 } })
    await live(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(390)
  })

  it('stays within its budget', () => {
    const files = readdirSync(join(WEB, 'assets')).map((name) => readFileSync(join(WEB, 'assets', name)))
    const bytes = [...files, readFileSync(join(WEB, 'index.html'))].reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0)
    expect(bytes).to.be.at.most(BUDGET)
  })
})
