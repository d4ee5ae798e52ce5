import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nightOf } from '../../history/compare/nights.fixture.ts';
import type { NightOutcome } from '../outcome.ts';
import { newsOf, type News } from './news.ts';
import { tell, type Hook } from './tell.ts';
import { kindOfHost, WEBHOOKS } from './webhooks.ts';

function outcome(exitCode: number | null, rest: Partial<NightOutcome> = {}): NightOutcome {
  const fixed = { rehearsal: 'demo', wasStarted: true, durationMs: 1, runId: 'demo-0001', regressions: 0 };
  return { ...fixed, exitCode, headline: 'It <!channel> *ran*.', ...rest };
}

test.each([
  ['pass', 0, {}, 0],
  ['pass', 4, {}, 1],
  ['fail', 4, {}, 0],
  ['fail', 0, {}, 1],
  ['pass', 0, { regressions: 1 }, 1],
  ['pass', null, {}, 1],
  ['pass', 3, { runId: null }, 1],
  [null, null, {}, 0],
] as const)('after a run that was %s, exit %s is news or not', (verdict, exitCode, rest, count) => {
  const runs = [nightOf(0, { verdict }), nightOf(1)];
  expect(newsOf([outcome(exitCode, rest)], runs, { all: false })).toHaveLength(count);
  expect(newsOf([outcome(exitCode, rest)], runs, { all: true })).toHaveLength(1);
});

test('of a first run only what does not pass is news', () => {
  expect(newsOf([outcome(0)], [nightOf(1)], { all: false })).toEqual([]);
  expect(newsOf([outcome(4)], [nightOf(1)], { all: false })).toMatchObject([
    { verdict: 'fail', previous: null },
  ]);
});

const NEWS: News[] = [
  {
    rehearsal: 'demo',
    verdict: 'fail',
    previous: 'pass',
    runId: 'r-1',
    headline: 'It <!channel> *stopped*.',
  },
];

test('each kind has the shape that its other side documents', () => {
  expect(WEBHOOKS.slack(NEWS).body).toEqual({
    text: 'demo: fail (was pass). It &lt;!channel&gt; *stopped*.',
  });
  expect(WEBHOOKS.teams(NEWS).body).toMatchObject({
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } },
    ],
  });
  const many = Array.from({ length: 500 }, () => ({ ...NEWS[0]!, headline: 'x'.repeat(5000) }));
  expect(JSON.stringify(WEBHOOKS.teams(many).body).length).toBeLessThan(28_000);
  expect(JSON.stringify(WEBHOOKS.slack(many).body).length).toBeLessThan(3_100);
  const hosts = [
    'hooks.slack.com',
    'prod-1.westeurope.logic.azure.com',
    'x.api.powerplatform.com',
    'ci.example',
  ];
  expect(hosts.map(kindOfHost)).toEqual(['slack', 'teams', 'teams', 'json']);
});

let url = '';
let answers: number[] = [];
let got: { headers: IncomingHttpHeaders; body: string }[] = [];
let close = (): void => undefined;
beforeEach(async () => {
  got = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 200).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/s3cret-path`;
  close = () => void server.close();
});
afterEach(() => {
  close();
});

const hook = (env: Hook['env']): Hook => ({ env, fetch: globalThis.fetch, sleep: () => Promise.resolve() });

test('a busy hook is tried again, and the body is signed', async () => {
  answers = [503, 429];
  const env = { REHEARSE_WEBHOOK: url, REHEARSE_WEBHOOK_SECRET: 'k3y-of-hook' };
  expect(await tell(NEWS, hook(env))).toMatch(/^told 127\.0\.0\.1:\d+$/);
  expect(got).toHaveLength(3);
  const { headers, body } = got[2]!;
  expect(headers['x-rehearse-signature-256']).toBe(
    `sha256=${createHmac('sha256', 'k3y-of-hook').update(body).digest('hex')}`,
  );
  expect(JSON.parse(body)).toMatchObject({ schemaVersion: 1, event: 'night', news: NEWS });
});

test('a hook that fails is said without its address, and nothing is thrown', async () => {
  answers = [404];
  const said = await tell(NEWS, hook({ REHEARSE_WEBHOOK: url }));
  expect(said).toMatch(/^the webhook was not told: 127\.0\.0\.1:\d+ answers 404$/);
  expect(got).toHaveLength(1);
  expect(await tell(NEWS, hook({ REHEARSE_WEBHOOK: 'http://127.0.0.1:1/s3cret' }))).toBe(
    'the webhook was not told: 127.0.0.1:1 does not answer',
  );
  expect(await tell(NEWS, hook({ REHEARSE_WEBHOOK: 'not an address' }))).toContain('is not an address');
  expect(await tell(NEWS, hook({ REHEARSE_WEBHOOK: url, REHEARSE_WEBHOOK_KIND: 'x' }))).toContain(
    'is none of',
  );
});

test('without news or without a hook nobody is asked', async () => {
  expect(await tell([], hook({ REHEARSE_WEBHOOK: url }))).toBeUndefined();
  expect(await tell(NEWS, hook({}))).toBeUndefined();
  expect(got).toEqual([]);
});
