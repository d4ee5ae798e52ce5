import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { passingRun } from '../support/runs/passing-run.ts';
import { judge } from '../../scripts/checks/judge.ts';
import { withFormerNames } from '../../scripts/checks/result/contract/former-names.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { sealRun } from '../../scripts/artifacts/seal.ts';

let dir = '';
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'former-names-'))));
afterEach(() => rm(dir, { recursive: true }));

const PLANNED = [1, 2].map((repetition) => ({ index: repetition, scenario: 'quiet', repetition }));

/** A sealed run that played its plan twice; with the names that they had first where `isFormer`. */
async function playedTwice(path: string, isFormer: boolean): Promise<RunFolder> {
  const folder = await passingRun(path);
  for (const planned of PLANNED) {
    const part = await folder.createPlaying(planned.index);
    await cp(folder.file('artifacts'), part.file('artifacts'), { recursive: true });
    await rm(part.file('artifacts', 'run.json'));
    const ended = { startedAt: '2026-11-22T02:14:07.000Z', endedAt: '2026-11-22T02:14:37.000Z' };
    await part.writeDocument('playing', { ...planned, ...ended, outcome: 'completed', problem: null });
    if (isFormer)
      await rename(part.file('artifacts', 'playing.json'), part.file('artifacts', 'performance.json'));
  }
  if (isFormer) await rename(folder.file('playings'), folder.file('performances'));
  const run = await folder.readDocument('run');
  if (run === undefined) throw new Error('no run.json');
  await sealRun(folder, { ...run, [isFormer ? 'performances' : 'playings']: PLANNED });
  return folder;
}

test('a run folder of the time when playings were called performances is judged as one of today', async () => {
  const [today, former] = [await playedTwice(join(dir, 'a'), false), await playedTwice(join(dir, 'b'), true)];
  const [now, then] = [await judge(today), await judge(former)];
  expect(now.result.playings?.played.map(({ path }) => path)).toEqual(['playings/1', 'playings/2']);
  expect(then.playings.map(({ folder }) => folder.path)).toEqual([
    former.file('performances', '1'),
    former.file('performances', '2'),
  ]);
  const unsealed = (result: object): unknown => ({ ...result, evidenceSha256: '' });
  const renamed = JSON.stringify(unsealed(now.result)).replaceAll('"playings/', '"performances/');
  expect(unsealed(then.result)).toEqual(JSON.parse(renamed));
  expect(renderHtml(then.result)).toContain('href="performances/2/report.html"');
  const one = await judge(RunFolder.open(former.file('performances', '2')));
  expect(one.result.playing).toMatchObject({ index: 2, of: 2 });
  expect(await readFile(former.file('artifacts', 'run.json'), 'utf8')).toContain('"performances"');
});

test('a result tells its playings by both names, and is read by either', async () => {
  const { result } = await judge(await playedTwice(join(dir, 'a'), false));
  expect(result.performances).toEqual(result.playings);
  expect(result.performance).toBeNull();
  expect(result.checks.filter(({ performance, playing }) => performance !== playing)).toEqual([]);
  expect(result.traffic).toMatchObject({ old: { playing: 1, performance: 1 } });
  const { playing, playings, ...others } = result;
  expect(withFormerNames(others)).toEqual({ ...others, playing, playings });
});
