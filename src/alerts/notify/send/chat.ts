import { linesOf, titleOf, type WebhookBody } from '../message.ts'
import { type HttpPost, httpPost } from './http-post.ts'
import type { Sender } from './sender.ts'

export type ChatOptions = Pick<HttpPost, 'url' | 'timeout' | 'now'>

/** More lines than this are not read in a chat. */
const MOST = 20

/** An incoming webhook as Slack has it: text for the notification, blocks for the channel. */
export function slackSender(post: ChatOptions): Sender {
  return { send: (message, signal) => httpPost({ ...post, body: JSON.stringify(slackBody(message)), headers: keyOf(message), signal }) }
}

/** A webhook of a workflow as Teams has it: a message with one adaptive card. */
export function teamsSender(post: ChatOptions): Sender {
  return { send: (message, signal) => httpPost({ ...post, body: JSON.stringify(teamsBody(message)), headers: keyOf(message), signal }) }
}

const keyOf = ({ idempotencyKey }: WebhookBody) => ({ 'idempotency-key': idempotencyKey })

/** @see https://api.slack.com/reference/messaging/payload: a header has 150 characters, a section 3,000, a message 50 blocks */
export function slackBody(message: WebhookBody): Record<string, unknown> {
  const title = titleOf(message)
  const lines = linesOf(message)
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(text, 3_000) } })
  return {
    text: cut(title, 3_000),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, 150) } },
      ...lines.slice(0, MOST).map(({ head, summary, advice, runbook, link }) => {
        const links = [runbook && `<${slackLink(runbook)}|runbook>`, link && `<${slackLink(link)}|open>`].filter(Boolean).join(' ')
        return section(
          [`*${slackText(head)}*`, slackText(summary), advice ? `_${slackText(advice)}_` : '', links]
            .filter((line) => line !== '')
            .join('\n'),
        )
      }),
      ...(lines.length > MOST ? [section(`and ${lines.length - MOST} more`)] : []),
    ],
  }
}

/** @see the adaptive card schema, 1.4: what workflows of Teams post */
export function teamsBody(message: WebhookBody): Record<string, unknown> {
  const lines = linesOf(message)
  const text = (content: string, more: object = {}) => ({ type: 'TextBlock', text: cut(content, 3_000), wrap: true, ...more })
  const body = [
    text(titleOf(message), { weight: 'Bolder', size: 'Medium', color: message.status === 'firing' ? 'Attention' : 'Good' }),
    ...lines
      .slice(0, MOST)
      .flatMap(({ head, summary, advice }) => [
        text(plain(head), { weight: 'Bolder', separator: true }),
        ...(summary === '' ? [] : [text(plain(summary))]),
        ...(advice === undefined ? [] : [text(plain(advice), { isSubtle: true })]),
      ]),
    ...(lines.length > MOST ? [text(`and ${lines.length - MOST} more`)] : []),
  ]
  const urls = [
    ...new Map(lines.flatMap(({ runbook }) => (runbook ? [['Runbook', runbook]] : []))),
    ...(message.externalURL ? [['Open', message.externalURL]] : []),
  ]
  const actions = urls.map(([title, url]) => ({ type: 'Action.OpenUrl', title, url }))
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
    ...(actions.length > 0 && { actions }),
  }
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }] }
}

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`)

/** Labels come from outside: what they say is no mark-up, and mentions nobody. */
const slackText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const slackLink = (url: string): string => encodeURI(decodable(url)).replace(/[|<>]/g, encodeURIComponent)
const plain = (text: string): string => text.replace(/[[\]*_`~#<>]/g, '\\$&')

function decodable(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}
