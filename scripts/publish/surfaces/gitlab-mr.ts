import { RehearsalError } from '../../shared/errors.ts';
import { commentsIn, putInPlace, type Comment, type Thread } from '../api/in-place.ts';
import { request, type Answer, type Request } from '../api/request.ts';
import { markerOf, renderComment } from '../comment.ts';
import type { Outside, Surface } from '../surface.ts';

const MOST_PAGES = 50;
const WORDS = {
  401: 'the token is not valid',
  403: 'the token may not write notes: it needs the scope `api` and the role Reporter',
  404: 'there is no such merge request, or the token may not see the project',
  422: 'it refuses the note',
};

export const gitlabMr: Surface = {
  what: 'a note on the merge request, updated in place',
  publish: async (publication, outside) => {
    const render = (before?: string): string => renderComment(publication, before);
    if (outside.isDryRun) {
      outside.print(render());
      return;
    }
    const done = await putInPlace(threadOf(outside), markerOf(publication.result), render);
    outside.note(`note ${done}`);
  },
};

/** @throws USAGE, or PUBLISH_FAILED without a token */
function threadOf(outside: Outside): Thread {
  const { env } = outside;
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project } = env;
  const iid = outside.request ?? env['CI_MERGE_REQUEST_IID'];
  if (api === undefined || project === undefined || iid === undefined || !/^\d+$/.test(iid)) {
    throw new RehearsalError('USAGE', 'this job is not of a merge request: there is nothing to comment on', {
      hint: 'run it with rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }], or set CI_API_V4_URL, CI_PROJECT_ID and --request',
    });
  }
  const token = env['GITLAB_TOKEN'] ?? '';
  if (token === '') {
    throw new RehearsalError(
      'PUBLISH_FAILED',
      'there is no GITLAB_TOKEN, and CI_JOB_TOKEN cannot write notes',
      {
        hint: 'make a project access token with the scope api and the role Reporter, and set it as the masked variable GITLAB_TOKEN; merge requests from forks never get it',
      },
    );
  }
  const base = `${api}/projects/${encodeURIComponent(project)}/merge_requests/${iid}/notes`;
  const ask = (method: Request['method'], url: string, body?: { body: string }): Promise<Answer> =>
    request(outside, { method, url, headers: { 'private-token': token }, ...(body && { body }) }, WORDS);
  return {
    list: () =>
      allPages((page) => ask('GET', `${base}?per_page=100&sort=asc&order_by=created_at&page=${page}`)),
    create: async (body) => commentsIn([(await ask('POST', base, { body })).document])[0],
    update: async (id, body) => {
      await ask('PUT', `${base}/${id}`, { body });
    },
    remove: async (id) => {
      await ask('DELETE', `${base}/${id}`);
    },
  };
}

async function allPages(get: (page: number) => Promise<Answer>): Promise<Comment[]> {
  const found: Comment[] = [];
  let page = 1;
  for (let asked = 0; page > 0 && asked < MOST_PAGES; asked++) {
    const { document, headers } = await get(page);
    found.push(...commentsIn(document));
    page = Number(headers.get('x-next-page') ?? 0);
  }
  return found;
}
