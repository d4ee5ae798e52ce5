import { beforeAll, expect, test } from 'vitest';
import type { RequestRow, RunRecord, SchemaRecord, TableUse } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
  waitRecord,
} from '../evidence/evidence-fixture.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const TABLES: SchemaRecord = {
  type: 'tables',
  tMs: 0,
  tables: ['public.audit', 'public.customers', 'public.events', 'public.events_1'],
};
const REQUESTS = [
  request(4000, 4001),
  ...Array.from({ length: 30 }, (_, n) => request(5000 + n * 100, 5001 + n * 100)),
];

interface Scene extends Partial<Evidence> {
  readonly uses?: readonly TableUse[] | undefined;
  readonly relation?: string;
  readonly mode?: string;
  readonly partitionOf?: string;
  readonly rows?: readonly RequestRow[];
  readonly record?: Partial<RunRecord>;
  readonly renamed?: SchemaRecord;
}

/** One statement that locks a relation from 5 s to 7 s, under an app of one script. */
function judged(scene: Scene): Result {
  const {
    uses = [],
    relation = 'public.audit',
    mode = 'AccessExclusiveLock',
    partitionOf,
    rows = REQUESTS,
  } = scene;
  const lock = { relation, mode, existedBefore: true, ...(partitionOf === undefined ? {} : { partitionOf }) };
  const sample = evidence();
  return judgeEvidence(
    evidence({
      run: runRecord({ budgets: { lockWaitMs: 500 }, ...scene.record }),
      steps: [
        ...stepWindow('alter', 4900, 7010),
        statementRecord({
          sentMs: 5000,
          respondedMs: 6999,
          releasedMs: 7000,
          locks: [lock],
          newLocks: [lock],
        }),
      ],
      requests: requestTable(rows),
      schema: [TABLES, ...(scene.renamed ? [scene.renamed] : [])],
      compatibility: (sample.compatibility ?? []).map((record) => ({ ...record, uses })),
      ...scene,
    }),
  );
}

function told(scene: Scene): unknown[] {
  return judged(scene).findings.flatMap(({ check, message }) => (check === 'coverage' ? [message] : []));
}

/** The rows of the table, which tell the same as the check. */
function rows(scene: Scene): unknown[] {
  const { coverage: stopped = [], findings } = judged(scene);
  expect(stopped.some(({ isUncovered }) => isUncovered)).toBe(
    findings.some(({ check }) => check === 'coverage'),
  );
  return stopped.map(({ relation, stopped: what, longestMs, scripts, hadWait, isUncovered }) => {
    const asked = scripts.map(({ script, requests }) => `${script} ${requests}`).join(', ');
    return [relation, what, longestMs, asked, hadWait ? 'waited' : '', isUncovered ? 'nobody' : ''];
  });
}

const READS: TableUse = { relation: 'public.audit', mode: 'AccessShareLock' };
const WRITES: TableUse = { relation: 'public.audit', mode: 'RowExclusiveLock' };
const NOBODY =
  'Step 1 alter: nobody asked for audit while it was locked in ACCESS EXCLUSIVE for 2.00 s (budget 500 ms): no script with traffic uses it.';

test('a table that stood still for longer than a wait may take, and that no script uses, is told', () => {
  expect(told({})).toEqual([NOBODY]);
  expect(told({ uses: [{ relation: 'public.customers', mode: 'RowExclusiveLock' }] })).toEqual([NOBODY]);
});

test('a request that uses it, or a wait of the app for it or for its index, covers it', () => {
  expect(told({ uses: [READS] })).toEqual([]);
  expect(told({ waits: [waitRecord({ tMs: 5100, sinceMs: 5090, relation: 'public.audit' })] })).toEqual([]);
  expect(told({ waits: [waitRecord({ tMs: 5100, sinceMs: 5090, relation: 'public.audit_pkey' })] })).toEqual(
    [],
  );
  expect(told({ waits: [waitRecord({ tMs: 5100, sinceMs: 5090, relation: 'public.customers' })] })).toEqual([
    NOBODY,
  ]);
});

test('a reader does not cover what stops writes alone', () => {
  expect(told({ mode: 'ShareLock', uses: [READS] })).toEqual([
    'Step 1 alter: nobody wrote to audit while it was locked in SHARE for 2.00 s (budget 500 ms): no script with traffic writes to it.',
  ]);
  expect(told({ mode: 'ShareLock', uses: [WRITES] })).toEqual([]);
  expect(told({ mode: 'ShareUpdateExclusiveLock' })).toEqual([]);
});

test('a script that uses it and sent no request in that time is another thing than none', () => {
  expect(told({ uses: [READS], rows: [request(4000, 4001), request(7500, 7501)] })).toEqual([
    'Step 1 alter: nobody asked for audit while it was locked in ACCESS EXCLUSIVE for 2.00 s (budget 500 ms): no request of read for it came in that time.',
  ]);
  expect(told({ uses: [READS], rows: [request(4990, 5001)] })).toEqual([]);
});

test('a table that only a branch of a script names is asked for when somebody waits for it', () => {
  const uses = [{ ...READS, isMaybe: true }] as const;
  expect(told({ uses })).toEqual([
    NOBODY.replace('no script with traffic uses it', 'no request of read for it came in that time'),
  ]);
  const waits = [waitRecord({ tMs: 5100, sinceMs: 5090, relation: 'public.audit' })];
  expect(told({ uses, waits })).toEqual([]);
});

test('a script whose locks nobody saw is taken to use it, and a limit says so', () => {
  const parts = evidence();
  const compatibility = parts.compatibility ?? [];
  expect(told({ compatibility })).toEqual([]);
  const [first, ...rest] = compatibility;
  const mixed = [...(first ? [{ ...first, script: 'other', uses: [] }] : []), ...rest];
  expect(judgeEvidence(evidence({ compatibility: mixed })).limits).toContain(
    'Which tables old/read uses could not be seen: a table that the plan stopped counts as asked for by it.',
  );
});

test('what the plan made does not count, a partition belongs to its table, and a renamed table is the same', () => {
  expect(told({ relation: 'public.made' })).toEqual([]);
  expect(told({ relation: 'public.events_1', partitionOf: 'public.events' })).toEqual([
    NOBODY.replace('audit', 'events_1 of events'),
  ]);
  const uses = [{ relation: 'public.events', mode: 'AccessShareLock' }];
  expect(told({ relation: 'public.events_1', partitionOf: 'public.events', uses })).toEqual([]);
  const renamed: SchemaRecord = {
    type: 'renamed',
    step: 'alter',
    tMs: 7000,
    tables: [{ first: 'public.customers', now: 'public.customers_old' }],
  };
  expect(told({ relation: 'public.customers_old', renamed })).toEqual([NOBODY.replace('audit', 'customers')]);
});

test.each([
  { quietTables: ['audit'] },
  { plan: [plannedStep('alter', { quietTables: ['public."audit"'] })] },
  { budgets: {} },
  { budgets: { lockWaitMs: 3000 } },
])('%j: nothing is told', (record) => {
  expect(told({ record })).toEqual([]);
});

test('a run that did not record its tables is not judged', () => {
  expect(told({ schema: undefined })).toEqual([]);
});

test('the script to write uses the key, and writes what may be written', () => {
  const keys = [{ relation: 'public.audit', columns: ['id', 'The "Day"'], settable: 'order' }];
  const sqlOf = (parts: Scene): unknown => {
    const { snapshot } = evidence();
    const scene = { ...parts, snapshot: snapshot && { ...snapshot, keys } };
    const lock = { relation: 'public.audit', mode: parts.mode ?? 'AccessExclusiveLock', existedBefore: true };
    return judgeEvidence(
      evidence({
        ...scene,
        run: runRecord({ budgets: { lockWaitMs: 500 } }),
        steps: [
          ...stepWindow('alter', 4900, 7010),
          statementRecord({ releasedMs: 7000, locks: [lock], newLocks: [lock] }),
        ],
        schema: [TABLES],
        compatibility: (evidence().compatibility ?? []).map((record) => ({ ...record, uses: [] })),
      }),
    ).findings.find(({ check }) => check === 'coverage')?.insteadSql;
  };
  const where = 'where id = :id and "The ""Day""" = :key_2;';
  const sample = '-- rehearse: sample id from public.audit.id, key_2 from public.audit."The ""Day"""';
  expect(sqlOf({})).toBe(`-- rehearse: name=use-audit\n${sample}\nselect * from public.audit ${where}`);
  expect(sqlOf({ mode: 'ShareLock' })).toBe(
    `-- rehearse: name=write-audit\n${sample}\nupdate public.audit set "order" = "order" ${where}`,
  );
});

test('each table that was stopped stands in the result with who asked for it, and nobody where the check tells so', () => {
  const audit = ['public.audit', 'all', 2000];
  expect(rows({})).toEqual([[...audit, '', '', 'nobody']]);
  // 21 were due in that time, from 5.0 s to 7.0 s.
  expect(rows({ uses: [READS] })).toEqual([[...audit, 'read 21', '', '']]);
  const waits = [waitRecord({ tMs: 5100, sinceMs: 5090, relation: 'public.audit' })];
  expect(rows({ waits })).toEqual([[...audit, '', 'waited', '']]);
  expect(rows({ mode: 'ShareLock', uses: [READS] })).toEqual([
    ['public.audit', 'writes', 2000, '', '', 'nobody'],
  ]);
  expect(rows({ mode: 'ShareLock', uses: [WRITES] })).toEqual([
    ['public.audit', 'writes', 2000, 'read 21', '', ''],
  ]);
  expect(rows({ record: { quietTables: ['audit'] } })).toEqual([[...audit, '', '', '']]);
  expect(rows({ record: { budgets: { lockWaitMs: 3000 } } })).toEqual([[...audit, '', '', '']]);
  expect(rows({ record: { budgets: {} } })).toEqual([[...audit, '', '', '']]);
  expect(rows({ mode: 'ShareUpdateExclusiveLock' })).toEqual([]);
  expect(judged({ schema: [] }).coverage).toBeUndefined();
});
