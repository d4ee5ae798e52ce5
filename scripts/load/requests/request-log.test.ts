import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestLog } from './request-log.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'request-log-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

const order = { versions: [{ name: 'old', scripts: [] }], zeroMs: 1000, share: { index: 0, of: 1 } };
const CHOICE = { number: 0, version: 1, script: 2 };

describe('RequestLog', () => {
  it('writes every request, in order, from the zero of the run', async () => {
    const requestsPath = join(dir, 'requests.ndjson');
    const log = await RequestLog.create({ ...order, requestsPath }, (error) => {
      throw error;
    });
    const outcomes = [0, '42703', 'lost', '42703'] as const;
    const expected: unknown[] = [];
    for (let row = 0; row < 5000; row++) {
      const outcome = outcomes[row % outcomes.length] ?? 0;
      log.add(1000 + row, 1000.0004 + row, 1000.5 + row, 1001.12345 + row, CHOICE, outcome, 4000 + row);
      expected.push([
        row,
        row,
        row + 0.5,
        Math.round((row + 1.12345) * 1000) / 1000,
        1,
        2,
        outcome,
        4000 + row,
      ]);
    }
    await log.close();
    const [header, ...rows] = (await readFile(requestsPath, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(header).toMatchObject({ type: 'header', versions: ['old'] });
    expect(rows).toEqual(expected);
  });

  it('tells that the disk is full', async () => {
    const error = await new Promise<Error>((resolve, reject) => {
      RequestLog.create({ ...order, requestsPath: '/dev/full', share: { index: 1, of: 2 } }, resolve).then(
        (log) => {
          log.add(1, 1, 1, 1, CHOICE, 0, 1);
        },
        reject,
      );
    });
    expect(error).toMatchObject({ code: 'ENOSPC' });
  });
});
