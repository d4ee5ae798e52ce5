import { request } from '../../publish/api/request.ts';
import { asError } from '../../shared/errors.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import type { News } from './news.ts';
import { kindOfHost, WEBHOOKS, type WebhookKind } from './webhooks.ts';

/** What a test hands in its own of. */
export interface Hook {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Sends the news to REHEARSE_WEBHOOK. Its address is a secret, so it is never shown but for the host.
 * @returns what to say of it; undefined where there is no hook or no news. Nothing that goes wrong here is thrown
 */
export async function tell(news: readonly News[], { env, fetch, sleep }: Hook): Promise<string | undefined> {
  const address = env['REHEARSE_WEBHOOK'] ?? '';
  if (address === '' || news.length === 0) return undefined;
  registerSecret(address);
  const secret = env['REHEARSE_WEBHOOK_SECRET'];
  if (secret !== undefined) registerSecret(secret);
  if (!URL.canParse(address)) return 'REHEARSE_WEBHOOK is not an address: nobody was told';
  const { host } = new URL(address);
  const asked = env['REHEARSE_WEBHOOK_KIND'] ?? kindOfHost(host);
  if (!isKind(asked))
    return `REHEARSE_WEBHOOK_KIND is none of ${Object.keys(WEBHOOKS).join(', ')}: nobody was told`;
  try {
    const { body, headers } = WEBHOOKS[asked](news, secret === '' ? undefined : secret);
    await request({ fetch, sleep }, { method: 'POST', url: address, headers, body });
    return `told ${host}`;
  } catch (error) {
    return `the webhook was not told: ${asError(error).message}`;
  }
}

function isKind(name: string): name is WebhookKind {
  return Object.hasOwn(WEBHOOKS, name);
}
