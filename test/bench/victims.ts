import type { StatementAnalysis } from '../../scripts/checks/analysis/statements.ts';
import { median, percentileOf, rounded } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { rehearseWithTruth, type Rehearsed } from './support/rehearse.ts';
import { trueVictims, type TrueVictims } from './true-victims.ts';

/*
 * Whom the product says that a statement delayed, and by how much, against the truth: holds of ACCESS EXCLUSIVE of 500 ms and 2 s,
 * and an ALTER TABLE behind a reader of 2.5 s. When others could not have the table is traced by uprobes; see true-victims.ts.
 */

const RATE = 200;
const CONNECTIONS = 20;
const HOLDS_MS = [500, 2000, 500, 500, 2000, 500, 500, 2000, 500, 500, 2000];
const READER_MS = 2500;
const READERS = 3;

const readers = Array.from({ length: READERS }, (_, index) => `behind-reader-${index + 1}`);

const HEAD = `version: 1
name: victims
snapshot: { generator: generate.sql }
load:
  rate: ${RATE}/s
  connections: ${CONNECTIONS}
  warmup: 4s
  cooldown: 3s
  versions: { old: workload/old }
  actors:
${readers.map((step) => `    ${step}: { kind: long-reader, table: customers, at: ${step}, for: ${READER_MS}ms }`).join('\n')}
scenarios: { readers: [${readers.join(', ')}] }
`;

/** A hold, and then as long as its queue may need. */
function holdSql(ms: number): string {
  const hold = `LOCK TABLE customers IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(${ms / 1000});`;
  return `DO $$ BEGIN ${hold} END $$;\nSELECT pg_sleep(${1 + ms / 1000});\n`;
}

function alterSql(index: number): string {
  return `ALTER TABLE customers ADD COLUMN extra_${index} int;\nSELECT pg_sleep(3);\n`;
}

interface Case {
  readonly name: string;
  readonly truth: TrueVictims;
  readonly reported: TrueVictims;
}

function cases({ analysis, truth }: Rehearsed): Case[] {
  const { baseline, thresholdMs, evidence, steps } = analysis;
  const { requests } = evidence;
  if (requests === undefined || baseline === null) throw new Error('there are no requests');
  const ofStatement = ({ record, victims }: StatementAnalysis, name: string): Case => {
    const own = truth.holds.find(
      ({ pid, fromMs, toMs }) => pid === record.pid && fromMs < record.releasedMs + 1 && toMs > record.sentMs,
    );
    if (own === undefined) throw new Error(`there is no truth about ${name}`);
    const wait = truth.waits.find(
      ({ pid, relation, fromMs, toMs }) =>
        pid === own.pid && relation === own.relation && fromMs >= record.sentMs && toMs <= own.fromMs,
    );
    const blackout = { fromMs: wait?.fromMs ?? own.fromMs, toMs: own.toMs };
    return {
      name,
      truth: trueVictims(requests, blackout, thresholdMs, baseline.p50Ms),
      reported: { count: victims.delayed, seconds: victims.delayedSeconds },
    };
  };
  const [holding, ...behind] = steps;
  return [
    ...(holding?.statements ?? [])
      .filter(({ record }) => record.sql.startsWith('DO '))
      .map((statement, index) => ofStatement(statement, `hold of ${HOLDS_MS[index] ?? 0} ms`)),
    ...behind
      .flatMap(({ statements }) => statements.slice(0, 1))
      .map((statement) => ofStatement(statement, 'behind a reader')),
  ];
}

printLine(machineLine());
const rehearsed = await rehearseWithTruth({
  head: HEAD,
  plan: [
    '  - { phase: expand, name: holds, sql: holds.sql }',
    ...readers.map((step) => `  - { phase: expand, name: ${step}, sql: ${step}.sql }`),
  ].join('\n'),
  files: {
    'holds.sql': HOLDS_MS.map(holdSql).join(''),
    ...Object.fromEntries(readers.map((step, index) => [`${step}.sql`, alterSql(index)])),
  },
});
const all = cases(rehearsed);
const countErrors = all.map(({ truth, reported }) => Math.abs(reported.count / truth.count - 1));
const secondsErrors = all.map(({ truth, reported }) => Math.abs(reported.seconds / truth.seconds - 1));
printTable(
  `${RATE} requests/s, ${CONNECTIONS} connections; delayed = more than ${rehearsed.analysis.thresholdMs.toFixed(0)} ms`,
  ['', 'delayed, true', 'reported', 'request-seconds, true', 'reported'],
  all.map(({ name, truth, reported }) => [
    name,
    truth.count,
    reported.count,
    truth.seconds.toFixed(2),
    reported.seconds.toFixed(2),
  ]),
);
printHeadline({
  countError: rounded(median(countErrors), 4),
  secondsError: rounded(median(secondsErrors), 4),
  countErrorMax: rounded(percentileOf(countErrors, 100), 4),
  secondsErrorMax: rounded(percentileOf(secondsErrors, 100), 4),
});
