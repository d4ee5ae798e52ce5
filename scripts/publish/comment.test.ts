import { expect, test } from 'vitest';
import { diffRuns } from '../history/compare/diff.ts';
import { nightOf } from '../history/compare/nights.fixture.ts';
import { renderComment } from './comment.ts';
import { publication } from './publication.fixture.ts';

test('the figures of a comment say against whose last good run they are held', () => {
  const diff = diffRuns(nightOf(0, { branch: 'main' }), nightOf(1), []);
  expect(renderComment(publication({ against: { diff, whose: 'of main' } }))).toContain(
    '### Against the last good run of main\n\n`demo-0000`\n\n',
  );
});
