import { columnText, parseColumnName } from '../../plan/mask/column-name.ts';
import type { MaskRule, MaskRules } from '../../plan/mask/mask-rules.ts';
import type { ColumnName } from '../../plan/mask/mask-rules.ts';
import type { Finding } from './findings.ts';
import { whyNot } from './columns/masker-of.ts';
import type { TableShapes } from './columns/table-shapes.ts';

interface Suggestion {
  readonly at: ColumnName;
  /** As it is written in the file: `email`, `scramble`, `null`. */
  readonly rule: 'email' | 'scramble' | 'null';
  readonly why: string;
}

/** A rule for each column that looks personal, and the same for what foreign keys tie to it. */
export function suggestRules(
  findings: readonly Finding[],
  shapes: TableShapes,
  given: MaskRules['columns'] = [],
): Suggestion[] {
  const made = new Map<string, Suggestion>();
  const known = new Map<string, MaskRule['kind']>(given.map(({ at, rule }) => [columnText(at), rule.kind]));
  for (const { at, kind, why, isWhole, type } of findings) {
    const wanted = kind === 'mail address' && isWhole ? 'email' : 'scramble';
    const rule = [wanted, 'scramble', 'null'].find((each) => !whyNot({ kind: each } as MaskRule, type));
    if (rule === undefined) continue;
    made.set(columnText(at), { at, rule: rule as Suggestion['rule'], why: `${kind}, ${why}` });
  }
  const ends = shapes.foreignKeys.flatMap(({ from, to, columns, toColumns }) =>
    columns.flatMap((column, index) => {
      const toColumn = toColumns[index];
      return toColumn === undefined
        ? []
        : [[columnText({ ...from, column }), columnText({ ...to, column: toColumn })] as const];
    }),
  );
  for (let before = -1; before !== made.size;) {
    before = made.size;
    for (const [a, b] of ends) tie(made, known, [a, b]);
  }
  return [...made].sort(([a], [b]) => a.localeCompare(b)).map(([, each]) => each);
}

/** The end that refers takes the rule of what it refers to; else that one takes the other's. */
function tie(
  made: Map<string, Suggestion>,
  known: ReadonlyMap<string, MaskRule['kind']>,
  [from, to]: readonly [string, string],
): void {
  for (const [one, other] of [
    [to, from],
    [from, to],
  ] as const) {
    const rule = made.get(one)?.rule ?? suggestible(known.get(one));
    const at = parseColumnName(other);
    if (rule === undefined || at === undefined || known.has(other)) continue;
    const there = made.get(other);
    if (there?.rule === rule) return;
    made.set(other, { at, rule, why: there?.why ?? `as ${one}, by a foreign key` });
    return;
  }
}

function suggestible(kind: MaskRule['kind'] | undefined): Suggestion['rule'] | undefined {
  return kind === 'email' || kind === 'scramble' || kind === 'null' ? kind : undefined;
}

/** A whole file of rules. */
export function rulesText(suggestions: readonly Suggestion[], source: string): string {
  const lines = suggestions.map(({ at, rule, why }) => {
    const name = columnText(at);
    return `  ${/^[\w.$]+$/.test(name) ? name : JSON.stringify(name)}: ${rule} # ${why}`;
  });
  return [
    `# What looks personal in ${source.replace(/[\r\n]/g, ' ')}: read it, and change what you know better.`,
    'version: 1',
    suggestions.length === 0 ? 'columns: {}' : 'columns:',
    ...lines,
    '# Columns that look personal and are not: they go in as they are.',
    'keep: []',
    '',
  ].join('\n');
}
