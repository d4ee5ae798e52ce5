import { largest } from '../analysis/largest.ts';
import type { Result } from './contract/result.ts';

/** One of the numbers that two playings of a plan are compared by. */
export interface HeadlineFigure {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly value: number;
  readonly budget: number | null;
  readonly better: 'lower' | 'higher';
}

/** What a check measured, by its id, under a name that says the number and not the judgement. */
const MEASURED: readonly (readonly [id: string, title: string])[] = [
  ['lockWait', 'Longest stop of the app'],
  ['lockHold', 'Longest hold that stops the app'],
  ['blockedSeconds', 'App sessions blocked, in all'],
  ['p99', 'Worst p99 of a step'],
  ['backfillRate', 'Backfill'],
  ['downtime', 'The app was off'],
  ['replicationLag', 'Furthest the standby was behind'],
];

/** Those that were measured, in the order in which a reader wants them. */
export function headlineFigures(result: Result): HeadlineFigure[] {
  const statements = result.steps
    .filter((step) => step.isAppOff !== true)
    .flatMap((step) => [...step.statements, ...(step.outside ? [step.outside] : [])]);
  const sum = (of: (step: Result['steps'][number]) => number): number =>
    result.steps.reduce((total, step) => total + of(step), 0);
  const own = (id: string, title: string, unit: string, value: number): HeadlineFigure => ({
    id,
    title,
    unit,
    value,
    budget: null,
    better: 'lower',
  });
  return [
    ...MEASURED.slice(0, 2).flatMap(([id, title]) => measured(result, id, title)),
    own('blackout', 'Longest blackout', 'ms', largest(statements.map(({ blackoutMs }) => blackoutMs))),
    ...MEASURED.slice(2, 4).flatMap(([id, title]) => measured(result, id, title)),
    own(
      'delayed',
      'Requests delayed',
      'requests',
      sum(({ victims }) => victims.delayed),
    ),
    own(
      'delayedSeconds',
      'Delayed, in all',
      's',
      sum(({ victims }) => victims.delayedSeconds),
    ),
    own(
      'failed',
      'Requests failed',
      'requests',
      sum(({ victims }) => victims.failed),
    ),
    ...MEASURED.slice(4).flatMap(([id, title]) => measured(result, id, title)),
    own(
      'plan',
      'The whole plan',
      'ms',
      sum(({ durationMs }) => durationMs),
    ),
  ];
}

function measured({ checks }: Result, id: string, title: string): HeadlineFigure[] {
  const check = checks.find((one) => one.id === id);
  if (check?.measured == null || check.unit === null) return [];
  const { unit, measured: value, budget, better = 'lower' } = check;
  return [{ id, title, unit, value, budget, better }];
}

/** What a playing wrote and took on disk, the app's traffic included. Compared between the playings of one run, which have the same traffic. */
export function storageFigures({ storage }: Result): HeadlineFigure[] {
  if (storage === undefined) return [];
  const bytes = { unit: 'bytes', budget: null, better: 'lower' } as const;
  return [
    { id: 'wal', title: 'WAL, with the app’s', value: storage.walBytes, ...bytes },
    { id: 'databaseSize', title: 'Database at its largest', value: storage.databaseBytesMost, ...bytes },
  ];
}
