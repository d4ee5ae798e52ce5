import type { Result } from '../../checks/result/contract/result.ts';
import type { InterruptionResult } from '../../checks/result/contract/result-interruptions.ts';
import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import { shortName, stepLabel } from './facts.ts';

/** One step that was cut off as a row: the text of each cell, and whether it is bad news. */
interface InterruptionRow {
  readonly step: string;
  readonly cells: readonly { readonly text: string; readonly isBad: boolean }[];
}

/** Heads of the cells; `>` stands before those over numbers. */
export const INTERRUPTION_HEADS = [
  'second try',
  'left behind',
  '>rows twice',
  '>rows left out',
  'cut off',
] as const;

/** In the plan's order; empty where nothing was cut off. */
export function interruptionRows(result: Result): InterruptionRow[] {
  return (result.interruptions ?? []).map((cut) => ({
    step: `${ofPlan(result, cut)} (${cut.how})`,
    cells: [
      { text: cut.secondTry === 'ok' ? 'went through' : cut.secondTry, isBad: cut.secondTry !== 'ok' },
      leftCell(cut),
      rowsCell(cut.rowsTwice),
      rowsCell(cut.rowsLeftOut),
      { text: cutOffText(cut), isBad: false },
    ],
  }));
}

/** What the rows come to. */
export function interruptionSentences({ interruptions }: Result): string[] {
  if (interruptions === undefined) return [];
  const failed = interruptions.filter(({ secondTry }) => secondTry !== 'ok');
  const times = interruptions.reduce((sum, { cuts }) => sum + cuts, 0);
  const all = `${plural(times, 'time')} a step was cut off in its middle and run again`;
  if (interruptions.length === 0) return ['No step was cut off: the plan did not come so far.'];
  if (failed.length === 0)
    return [`${all}: it went through${interruptions.length === 1 ? '' : ' each time'}.`];
  return [`${all}: ${formatCount(failed.length)} of the second tries failed.`];
}

/** What the second try said, and each object that was left behind with what removes it. */
export function interruptionLines(result: Result): string[] {
  const lines = (result.interruptions ?? []).flatMap((cut) => {
    const { how, message, secondTry, leftovers, besideQuiet = [] } = cut;
    const at = `${ofPlan(result, cut)} (${how})`;
    return [
      ...besideQuiet.flatMap(({ table, reason }) =>
        reason === null
          ? []
          : [
              `${at}: rows of ${shortName(table)} were not compared with the quiet playing, for ${REASONS[reason]}`,
            ],
      ),
      ...(message === null ? [] : [`${at}: ${secondTry === 'failed' ? '' : `${secondTry} `}${message}`]),
      ...leftovers.map(
        ({ kind, name, relation, remedy }) =>
          `${at}: ${STATES[kind]} ${shortName(name)}${relation === '' ? '' : ` of ${shortName(relation)}`} was left behind: ${remedy.replace(/\s*\n\s*/g, ' ')}`,
      ),
    ];
  });
  return [...new Set(lines)];
}

type Beside = NonNullable<InterruptionResult['besideQuiet']>[number];

const REASONS: Readonly<Record<NonNullable<Beside['reason']>, string>> = {
  'app-writes': 'the app writes what the step writes there',
  'no-key': 'the app writes there too and they have no primary key',
  'not-the-same-twice': 'a function gives something else each time',
  'hangs-on-the-app': 'the step makes them from what the app writes',
};

const STATES: Readonly<Record<InterruptionResult['leftovers'][number]['kind'], string>> = {
  index: 'INVALID index',
  'partitioned-index': 'INVALID index',
  constraint: 'NOT VALID constraint',
  'domain-constraint': 'NOT VALID constraint of a domain',
  'detached-partition': 'half detached partition',
  trigger: 'disabled trigger',
  'prepared-transaction': 'prepared transaction',
  'unlogged-table': 'unlogged table',
  'replication-slot': 'replication slot without a reader',
  'tool-lock': 'lock of a migration tool in',
};

const WAYS: Readonly<Record<InterruptionResult['how'], string>> = {
  session: 'session ended',
  client: 'client gone',
  server: 'server crashed',
};

function cutOffText(cut: InterruptionResult): string {
  const { how, moment, file, line, cuts, downMs, statement } = cut;
  const away = downMs === undefined ? '' : `; away for ${formatMs(downMs)}`;
  const where = { running: 'in', open: 'behind', committing: 'at the commit of', done: 'behind' }[moment];
  if (statement !== undefined) {
    const what = statement === null ? 'the end of the command' : quoted(statement);
    return `${WAYS[how]} ${where} ${what}${away}${how === 'client' ? goesOn(cut) : ''}`;
  }
  if (file === null) return `${WAYS[how]} in a batch, ${plural(cuts, 'time')}${away}`;
  const place = `${file} line ${line ?? 1}`;
  if (how !== 'client') return `${WAYS[how]} ${where} ${place}${away}`;
  return `${WAYS[how]} ${where} ${place}${goesOn(cut)}`;
}

function goesOn({ serverWentOnMs: ms, advisoryLocks }: InterruptionResult): string {
  const held = advisoryLocks === undefined ? '' : ` with ${plural(advisoryLocks, 'advisory lock')}`;
  return ms === null
    ? `, and the server still went on${held}`
    : `; the server went on for ${formatMs(ms)}${held}`;
}

const LONGEST_SQL = 40;

function quoted(sql: string): string {
  const text = sql.trim().replace(/\s+/g, ' ');
  return `"${text.length > LONGEST_SQL ? `${text.slice(0, LONGEST_SQL)} …` : text}"`;
}

function leftCell({ leftovers }: InterruptionResult): InterruptionRow['cells'][number] {
  const names = leftovers.map(({ kind, name }) => `${STATES[kind]} ${shortName(name)}`);
  return { text: names.length === 0 ? 'nothing' : names.join(', '), isBad: names.length > 0 };
}

function rowsCell(rows: number | null): InterruptionRow['cells'][number] {
  return { text: rows === null ? '–' : formatCount(rows), isBad: (rows ?? 0) > 0 };
}

/** With its number where the steps that are shown have it. */
function ofPlan(result: Result, { plan, step }: InterruptionResult): string {
  return plan === undefined ? labelOf(result, step) : `${step} of ${plan}`;
}

function labelOf(result: Pick<Result, 'steps'>, name: string): string {
  const step = result.steps.find((one) => one.name === name);
  return step === undefined ? name : stepLabel(step);
}
