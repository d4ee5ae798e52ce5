import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { passingResult } from '../../test/report/sample-result.ts';
import { fakeForge, GITHUB, GITLAB, type FakeForge } from '../../test/support/servers/fake-forge.ts';
import { markerOf } from './comment.ts';
import { manyFindings, outside, publication } from './publication.fixture.ts';
import { publish } from './publish.ts';
import type { Outside } from './surface.ts';

let forge: FakeForge;
afterEach(() => forge.close());

const KINDS = [
  [
    'github-pr',
    GITHUB,
    (url: string) => ({
      GITHUB_API_URL: url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_TOKEN: 's3cret-token',
    }),
  ],
  [
    'gitlab-mr',
    GITLAB,
    (url: string) => ({
      CI_API_V4_URL: url,
      CI_PROJECT_ID: '42',
      CI_MERGE_REQUEST_IID: '7',
      GITLAB_TOKEN: 's3cret-token',
    }),
  ],
] as const;

describe.each(KINDS)('%s', (name, shape, envOf) => {
  let env: Outside['env'];
  beforeEach(async () => {
    forge = await fakeForge(shape);
    env = envOf(forge.url);
  });
  afterEach(() => {
    expect(forge.mistakes).toEqual([]);
  });

  test('a second run updates the comment of the first, says what it was before, and leaves others alone', async () => {
    for (let id = 1; id <= 7; id++) forge.comments.push({ id, body: `of somebody else ${id}` });
    forge.comments.push({ id: 9, body: '<!-- dress-rehearsal:another -->\nof another rehearsal' });
    await publish(publication(), [name], outside({ env }));
    const passing = publication({ result: passingResult() });
    const world = outside({ env });
    await publish(passing, [name], world);
    const marker = markerOf(passing.result);
    const own = forge.comments.filter(({ body }) => body.startsWith(marker));
    expect(own).toHaveLength(1);
    expect(own[0]?.body).toContain('## PASS: split-customer-name (was FAIL');
    expect(forge.comments.filter(({ body }) => body.startsWith('of somebody else'))).toHaveLength(7);
    expect(forge.comments).toHaveLength(9);
    expect(world.noted.join()).toContain('updated');
  });

  test('of two jobs that make it at the same moment one comment is left', async () => {
    await Promise.all([1, 2].map(() => publish(publication(), [name], outside({ env }))));
    expect(forge.comments).toHaveLength(1);
  });

  test('a run with 200 findings fits, whatever stands in them', async () => {
    await publish(publication({ result: manyFindings(200) }), [name], outside({ env }));
    const [{ body } = { body: '' }] = forge.comments;
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toContain('179 more findings in the report');
    expect(body).not.toMatch(/<script>|@everyone/);
    expect(body.match(/<!--/g)).toHaveLength(2);
  });

  test('--dry-run prints the comment and asks nobody', async () => {
    const world = outside({ env: {}, isDryRun: true });
    await publish(publication(), [name], world);
    expect(world.printed.join('\n')).toContain('<!-- dress-rehearsal:split-customer-name -->');
    expect(forge.asked).toEqual([]);
  });

  test.each([
    [401, 'Bad credentials', 1, 'the token is not valid'],
    [403, 'Resource not accessible by integration', 1, 'may not write'],
    [404, 'Not Found', 1, 'there is no such'],
    [422, 'Validation Failed', 1, 'it refuses the'],
    [429, 'slow down', 3, 'again and again'],
    [500, 'oops', 3, 'again and again'],
    [503, 'oops', 3, 'again and again'],
  ])(
    'an answer of %d is said in one line, and the summary is given instead',
    async (status, message, times, words) => {
      for (let at = 0; at < times; at++) forge.failures.push({ status, message });
      const world = outside({ env });
      await publish(publication(), [name], world);
      expect(world.noted[0]).toContain(`${name}: 127.0.0.1`);
      expect(world.noted[0]).toContain(words);
      expect(world.noted.join()).not.toContain('s3cret');
      expect(world.printed.join()).toContain('## FAIL: split-customer-name');
      expect(forge.asked).toHaveLength(times);
    },
  );

  test('a busy moment passes: it is tried again when the other side says so', async () => {
    const pauses: number[] = [];
    forge.failures.push({ status: 429, message: 'slow down', headers: { 'retry-after': '2' } });
    await publish(
      publication(),
      [name],
      outside({ env, sleep: (ms) => Promise.resolve(void pauses.push(ms)) }),
    );
    expect(forge.comments).toHaveLength(1);
    expect(pauses).toEqual([2000]);
  });

  test('a forge that is not there is said, and the summary is given instead', async () => {
    const world = outside({ env: envOf('http://127.0.0.1:1') });
    await publish(publication(), [name], world);
    expect(world.noted[0]).toBe(`${name}: 127.0.0.1:1 does not answer`);
    expect(world.printed).toHaveLength(1);
  });

  test('without a token, as in a pull request from a fork, the summary is given instead', async () => {
    const world = outside({ env: { ...env, GITHUB_TOKEN: '', GITLAB_TOKEN: '' } });
    await publish(publication(), [name], world);
    expect(world.noted[0]).toMatch(/there is no GIT(HUB|LAB)_TOKEN/);
    expect(world.printed).toHaveLength(1);
    expect(forge.asked).toEqual([]);
  });

  test('outside of a request there is nothing to comment on', async () => {
    await expect(
      publish(publication(), [name], outside({ env: { GITHUB_REPOSITORY: 'a/b' } })),
    ).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/this job is not of a (pull|merge) request/) as string,
    });
  });
});

describe('on GitHub', () => {
  let dir = '';
  beforeEach(async () => {
    forge = await fakeForge(GITHUB);
    dir = await mkdtemp(join(tmpdir(), 'publish-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  test('the number of the pull request may come from the event, and missing rights fill the summary of the step', async () => {
    const event = join(dir, 'event.json');
    await writeFile(event, JSON.stringify({ pull_request: { number: 7 } }));
    const summary = join(dir, 'summary.md');
    forge.failures.push({ status: 403, message: 'Resource not accessible by integration' });
    const env = {
      GITHUB_API_URL: forge.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_TOKEN: 's3cret-token',
      GITHUB_EVENT_PATH: event,
      GITHUB_STEP_SUMMARY: summary,
    };
    const world = outside({ env });
    await publish(publication(), ['github-pr'], world);
    expect(forge.asked).toEqual(['GET /repos/acme/shop/issues/7/comments']);
    expect(await readFile(summary, 'utf8')).toContain('## FAIL: split-customer-name');
    expect(world.printed).toEqual([]);
  });

  test('the summary of a step that is full is left as it is', async () => {
    const summary = join(dir, 'summary.md');
    await writeFile(summary, 'x'.repeat(1024 ** 2 - 50));
    const world = outside({ env: { GITHUB_STEP_SUMMARY: summary } });
    await publish(publication(), ['step-summary'], world);
    expect(world.noted).toEqual(['the summary of this step is full: the run is not in it']);
    expect((await readFile(summary)).length).toBe(1024 ** 2 - 50);
  });

  test('a run with 200 findings stays below the limit of a summary', async () => {
    const summary = join(dir, 'summary.md');
    await publish(
      publication({ result: manyFindings(200) }),
      ['step-summary'],
      outside({ env: { GITHUB_STEP_SUMMARY: summary } }),
    );
    expect((await readFile(summary)).length).toBeLessThan(1024 ** 2);
  });
});
