import { createHmac, randomUUID } from 'node:crypto';
import { cut } from '../../report/cut.ts';
import type { News } from './news.ts';

/** What a hook gets: its body as JSON, and what else belongs to the request. */
interface Message {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param secret signs the body, where the other side knows how to look at it */
type Webhook = (news: readonly News[], secret: string | undefined) => Message;

/** Teams takes 28 KB, a text of Slack's some 3,000 characters. */
const MOST_LINES = 20;
const MOST_LINE_CHARACTERS = 140;

/** By the name that REHEARSE_WEBHOOK_KIND takes. To add one: a function here, and a line there. */
export const WEBHOOKS = { slack, teams, json } as const satisfies Record<string, Webhook>;
export type WebhookKind = keyof typeof WEBHOOKS;

/** By the host, where nobody says it. */
export function kindOfHost(host: string): WebhookKind {
  if (host === 'hooks.slack.com') return 'slack';
  return /(^|\.)(powerplatform|powerautomate|logic\.azure|flow\.microsoft|webhook\.office)\.com$/.test(
    host,
  ) || host.endsWith('.logic.azure.com')
    ? 'teams'
    : 'json';
}

function slack(news: readonly News[]): Message {
  // Slack reads nothing but these three as markup that can reach somebody.
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { body: { text: lines(news).map(escaped).join('\n') }, headers: {} };
}

function teams(news: readonly News[]): Message {
  const body = lines(news).map((text) => ({
    type: 'TextBlock',
    wrap: true,
    text: text.replace(/[\\`*_[\]()#<>~|-]/g, '\\$&'),
  }));
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content: card };
  return { body: { type: 'message', attachments: [attachment] }, headers: {} };
}

function json(news: readonly News[], secret: string | undefined): Message {
  const body = { schemaVersion: 1, event: 'night', news };
  const signature =
    secret === undefined
      ? undefined
      : createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex');
  return {
    body,
    headers: {
      'x-rehearse-delivery': randomUUID(),
      ...(signature === undefined ? {} : { 'x-rehearse-signature-256': `sha256=${signature}` }),
    },
  };
}

function lines(news: readonly News[]): string[] {
  const shown = news.slice(0, MOST_LINES).map(({ rehearsal, verdict, previous, headline }) => {
    const was = previous === null || previous === verdict ? '' : ` (was ${previous})`;
    return cut(`${rehearsal}: ${verdict}${was}. ${headline}`.replace(/\s+/g, ' '), MOST_LINE_CHARACTERS, '…');
  });
  return news.length > shown.length ? [...shown, `and ${news.length - shown.length} more`] : shown;
}
