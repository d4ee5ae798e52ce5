import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { runCli, type CliRun } from '../support/cli.ts';
import { passingRun } from '../support/runs/passing-run.ts';
import { apply, change, differences, treeOf } from './run-folder-changes.ts';

/*
 * A run folder after something happened to it: cut, edited, mixed, partly copied. `rehearse report` names what it was, in
 * seconds, and never calls it a pass.
 */

const GOLDEN = join(import.meta.dirname, '../golden/not-null');
const REPORTS = ['result.json', 'report.html', 'report.md', 'junit.xml'];
const INPUTS = Number(process.env['REHEARSE_FUZZ_INPUTS'] ?? 150);
const LONGEST_MS = 5000;

let dir: string;
let passing: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'run-folders-'));
  passing = (await passingRun(join(dir, 'passing'))).path;
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function report(run: string): Promise<CliRun & { readonly ms: number }> {
  const startedMs = performance.now();
  const done = await runCli(['report', run], { cwd: dir });
  return { ...done, ms: performance.now() - startedMs };
}

/** `work` on a copy that is gone afterwards. */
async function onCopy<T>(of: string, work: (copy: string) => Promise<T>): Promise<T> {
  const copy = join(dir, 'copy');
  try {
    await cp(of, copy, { recursive: true });
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

describe('a run folder as the run left it', () => {
  it('is a pass, as often as it is judged', async () => {
    await onCopy(passing, async (copy) => {
      expect(await report(copy)).toMatchObject({ code: 0 });
      expect(await report(copy)).toMatchObject({ code: 0 });
    });
  });

  it('may be moved, lose what is private and get files that begin with a dot', async () => {
    await onCopy(passing, async (copy) => {
      await writeFile(join(copy, 'artifacts', '.DS_Store'), 'x');
      await writeFile(join(copy, 'notes.txt'), 'ours');
      await rm(join(copy, 'private'), { recursive: true });
      expect(await report(copy)).toMatchObject({ code: 0 });
    });
  });
});

describe('a run folder that was changed', () => {
  it('is never a pass, names a file that was changed, ends in seconds and changes nothing', async () => {
    const kinds = new Map<number, number>();
    const bases = fc.constantFrom(passing, GOLDEN);
    const inputs = fc.asyncProperty(
      bases,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (base, changes) => {
        await onCopy(base, async (copy) => {
          for (const one of changes) await apply(copy, base === passing ? GOLDEN : passing, one);
          const before = await treeOf(copy);
          const all = differences(await treeOf(base), before);
          const changed = all.filter(
            (path) => /^(artifacts|plan)\//.test(path) || (path.startsWith('private/') && before.has(path)),
          );
          const { code, stdout, stderr, ms } = await report(copy);
          kinds.set(code, (kinds.get(code) ?? 0) + 1);
          const told = `${stdout}${stderr}`;
          expect(told).not.toMatch(/^\s+at |INTERNAL/m);
          expect(ms).toBeLessThan(LONGEST_MS);
          const touched = differences(before, await treeOf(copy)).filter((path) => !REPORTS.includes(path));
          expect(touched).toEqual([]);
          if (changed.length === 0) return;
          expect([2, 5]).toContain(code);
          expect(
            [...changed, ...all.filter((path) => path === 'result.json')].some(
              (path) => told.includes(path) || told.includes(path.replace(/^artifacts\//, '')),
            ),
          ).toBe(true);
        });
      },
    );
    await fc.assert(inputs, { numRuns: INPUTS });
    console.log(
      `run folders: ${INPUTS} changed ones; exit codes ${JSON.stringify(Object.fromEntries(kinds))}`,
    );
  });

  it('without a seal is judged as far as it goes, and is inconclusive at best', async () => {
    const unsealed = join(dir, 'unsealed');
    await cp(passing, unsealed, { recursive: true });
    const folder = RunFolder.open(unsealed);
    const { seal, ...record } = (await folder.readDocument('run')) ?? {};
    expect(seal).toBeDefined();
    await writeFile(folder.file('artifacts', 'run.json'), JSON.stringify(record));
    const whole = await report(unsealed);
    expect(whole).toMatchObject({ code: 5 });
    expect(whole.stdout).toContain('run.json has no seal');
    let count = 0;
    const inputs = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) =>
      onCopy(unsealed, async (copy) => {
        for (const one of changes) await apply(copy, GOLDEN, one);
        const { code, stdout, stderr, ms } = await report(copy);
        expect(`${stdout}${stderr}`).not.toMatch(/^\s+at |INTERNAL/m);
        expect([2, 4, 5]).toContain(code);
        expect(ms).toBeLessThan(LONGEST_MS);
        count += 1;
      }),
    );
    await fc.assert(inputs, { numRuns: INPUTS });
    console.log(`run folders: ${count} changed ones without a seal`);
  });
});

describe('evidence that was edited with care', () => {
  const edits: [string, string, (text: string) => string, string][] = [
    [
      'a budget is raised',
      'artifacts/run.json',
      (text) => text.replace('"lockWaitMs": 500', '"lockWaitMs": 900'),
      'artifacts/run.json was changed',
    ],
    [
      'run.json is written another way',
      'artifacts/run.json',
      (text) => JSON.stringify(JSON.parse(text)),
      'artifacts/run.json was changed',
    ],
    [
      'a stream is emptied',
      'artifacts/compatibility.ndjson',
      () => '',
      'artifacts/compatibility.ndjson is empty; the run left 2 records',
    ],
    [
      'requests are cut',
      'artifacts/requests.ndjson',
      (text) => text.slice(0, text.lastIndexOf('[')),
      'where the run left 301 records',
    ],
    [
      'a digit is changed',
      'artifacts/requests.ndjson',
      (text) => text.replace('3001', '3002'),
      'artifacts/requests.ndjson was changed',
    ],
    [
      'the plan is edited',
      'plan/sql/alter.sql',
      (text) => text.replace('name', 'nome'),
      'plan/sql/alter.sql was changed',
    ],
    [
      'a stream is added',
      'artifacts/exact-waits.ndjson',
      () => '',
      'artifacts/exact-waits.ndjson is not of this run',
    ],
  ];
  it.each(edits)('is told when %s', async (_, file, edit, message) => {
    await onCopy(passing, async (copy) => {
      await writeFile(join(copy, file), edit(await readFile(join(copy, file), 'utf8').catch(() => '')));
      const { code, stderr } = await report(copy);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    });
  });

  it('names every file at once', async () => {
    await onCopy(passing, async (copy) => {
      await rm(join(copy, 'artifacts/locks.ndjson'));
      await rm(join(copy, 'plan'), { recursive: true });
      const { stderr } = await report(copy);
      for (const name of [
        'artifacts/locks.ndjson is missing',
        'plan/SHA256SUMS is missing',
        'plan/sql/alter.sql is missing',
      ])
        expect(stderr).toContain(name);
    });
  });

  it('does not go with the result of another run', async () => {
    const other = (await passingRun(join(dir, 'other'), 'other-20261122-021407-9f3a')).path;
    await report(other);
    await onCopy(passing, async (copy) => {
      await cp(join(other, 'result.json'), join(copy, 'result.json'));
      const first = await report(copy);
      expect(first).toMatchObject({ code: 2 });
      expect(first.stderr).toContain('result.json is of other evidence than artifacts/run.json');
      expect(await report(copy)).toMatchObject({ code: 2 });
    });
  });
});
