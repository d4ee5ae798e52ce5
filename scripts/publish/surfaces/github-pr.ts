import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { RehearsalError } from '../../shared/errors.ts';
import { commentsIn, putInPlace, type Comment, type Thread } from '../api/in-place.ts';
import { request, type Answer, type Request } from '../api/request.ts';
import { markerOf, renderComment } from '../comment.ts';
import type { Outside, Surface } from '../surface.ts';

/** More comments than this has no request that people read. */
const MOST_PAGES = 50;
const WORDS = {
  401: 'the token is not valid',
  403: 'the token may not write comments; give the job `permissions: pull-requests: write`. Jobs of pull requests from forks and of Dependabot never may',
  404: 'there is no such pull request, or the token may not see the repository',
  410: 'comments are switched off there',
  422: 'it refuses the comment',
};

export const githubPr: Surface = {
  what: 'a comment on the pull request, updated in place',
  publish: async (publication, outside) => {
    const render = (before?: string): string => renderComment(publication, before);
    if (outside.isDryRun) {
      outside.print(render());
      return;
    }
    const done = await putInPlace(await threadOf(outside), markerOf(publication.result), render);
    outside.note(`comment ${done}`);
  },
};

/** @throws USAGE, or PUBLISH_FAILED without a token */
async function threadOf(outside: Outside): Promise<Thread> {
  const { env } = outside;
  const repository = env['GITHUB_REPOSITORY'];
  if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new RehearsalError('USAGE', `GITHUB_REPOSITORY is ${repository ?? 'not set'}: which repository?`, {
      hint: 'in a GitHub workflow it is set; elsewhere set it to owner/name',
    });
  }
  const number = await pullRequestOf(outside);
  const token = env['GITHUB_TOKEN'] ?? '';
  if (token === '') {
    throw new RehearsalError('PUBLISH_FAILED', 'there is no GITHUB_TOKEN: no comment can be written', {
      hint: 'hand it to the step: env: { GITHUB_TOKEN: ${{ github.token }} }',
    });
  }
  const base = `${env['GITHUB_API_URL'] ?? 'https://api.github.com'}/repos/${repository}`;
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'dress-rehearsal',
  };
  const ask = (method: Request['method'], url: string, body?: { body: string }): Promise<Answer> =>
    request(outside, { method, url, headers, ...(body && { body }) }, WORDS);
  return {
    list: () => allPages(`${base}/issues/${number}/comments?per_page=100`, (url) => ask('GET', url)),
    create: async (body) =>
      commentsIn([(await ask('POST', `${base}/issues/${number}/comments`, { body })).document])[0],
    update: async (id, body) => {
      await ask('PATCH', `${base}/issues/comments/${id}`, { body });
    },
    remove: async (id) => {
      await ask('DELETE', `${base}/issues/comments/${id}`);
    },
  };
}

async function allPages(first: string, get: (url: string) => Promise<Answer>): Promise<Comment[]> {
  const found: Comment[] = [];
  let url: string | undefined = first;
  for (let page = 0; url !== undefined && page < MOST_PAGES; page++) {
    const { document, headers }: Answer = await get(url);
    found.push(...commentsIn(document));
    url = nextPage(headers.get('link'), first);
  }
  return found;
}

/** Another server is never followed: the token would go there. */
function nextPage(link: string | null, first: string): string | undefined {
  const next = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return next !== undefined && new URL(next).origin === new URL(first).origin ? next : undefined;
}

/** @throws USAGE where the job is not of a pull request */
async function pullRequestOf({ env, request: asked }: Outside): Promise<number> {
  const told = asked ?? /^refs\/pull\/(\d+)\//.exec(env['GITHUB_REF'] ?? '')?.[1] ?? (await ofEvent(env));
  if (told !== undefined && /^[1-9]\d{0,9}$/.test(told)) return Number(told);
  throw new RehearsalError('USAGE', 'this job is not of a pull request: there is nothing to comment on', {
    hint: 'publish --to step-summary, or name it: --request 12',
  });
}

const pullRequestEvent = z.object({ pull_request: z.object({ number: z.int() }) });

/** The number in the event that started the workflow. */
async function ofEvent(env: Outside['env']): Promise<string | undefined> {
  const path = env['GITHUB_EVENT_PATH'];
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return pullRequestEvent.parse(JSON.parse(text)).pull_request.number.toString();
  } catch {
    return undefined;
  }
}
