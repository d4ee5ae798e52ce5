import { expect, test } from 'vitest';
import { judgingLines } from './judging-lines.ts';

test('a long run tells how far its judging is, and that Ctrl-C loses nothing', () => {
  const lines: string[] = [];
  const tell = judgingLines('a-run', (line) => lines.push(line));
  tell({ doing: 'reading', file: 'steps.ndjson', bytes: 20_000 });
  tell({ doing: 'reading', file: 'requests.ndjson', bytes: 67 * 2 ** 20 });
  tell({ doing: 'comparing' });
  expect(lines).toEqual([
    'judging: Ctrl-C loses nothing, rehearse report a-run finishes it',
    'judging: reading requests.ndjson, 67 MB',
    'judging: comparing what was read',
  ]);
});

test('a short one says nothing', () => {
  const lines: string[] = [];
  const tell = judgingLines('a-run', (line) => lines.push(line));
  tell({ doing: 'reading', file: 'requests.ndjson', bytes: 20_000 });
  tell({ doing: 'comparing' });
  expect(lines).toEqual([]);
});
