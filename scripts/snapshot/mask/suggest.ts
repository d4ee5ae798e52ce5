import { columnText, parseColumnName } from '../../plan/mask/column-name.ts';
import type { MaskRule, MaskRules } from '../../plan/mask/mask-rules.ts';
import type { ColumnName } from '../../plan/mask/mask-rules.ts';
import type { Finding } from './findings.ts';
import type { ColumnType } from './columns/column-type.ts';
import { whyNot } from './columns/masker-of.ts';
import type { TableShapes } from './columns/table-shapes.ts';
import type { Wish } from './others/wish.ts';

interface Suggestion {
  readonly at: ColumnName;
  /** `keep`: as it is; `absent`: the snapshot has no such column. */
  readonly rule: MaskRule | 'keep' | 'absent';
  readonly why: string;
}

interface Asked {
  readonly findings: readonly Finding[];
  readonly shapes: TableShapes;
  /** Columns that have a rule. */
  readonly given?: MaskRules['columns'];
  /** Of other tools; of two for one column the later. */
  readonly wishes?: readonly Wish[];
}

/** A rule for each column that looks personal or for which another tool has one, and the same for what foreign keys tie to them. */
export function suggestRules({ findings, shapes, given = [], wishes = [] }: Asked): Suggestion[] {
  const made = new Map<string, Suggestion>();
  const known = new Map<string, MaskRule>(given.map(({ at, rule }) => [columnText(at), rule]));
  for (const { at, rule, why } of wishes) {
    const type = shapes.has(at) ? shapes.typeOf(at, at.column) : undefined;
    const nearest = type === undefined ? 'absent' : rule === 'keep' ? rule : followed(rule, type);
    if (!known.has(columnText(at))) made.set(columnText(at), { at, rule: nearest, why });
  }
  for (const { at, kind, why, isWhole, type } of findings) {
    const rule = followed({ kind: kind === 'mail address' && isWhole ? 'email' : 'scramble' }, type);
    if (!made.has(columnText(at))) made.set(columnText(at), { at, rule, why: `${kind}, ${why}` });
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

/** The rule, or the nearest that the type bears. */
function followed(rule: MaskRule, type: ColumnType): MaskRule {
  const rules: readonly MaskRule[] = [rule, { kind: 'scramble' }];
  return rules.find((each) => whyNot(each, type) === undefined) ?? { kind: 'null' };
}

/** The end that refers takes the rule of what it refers to; else that one takes the other's. */
function tie(
  made: Map<string, Suggestion>,
  known: ReadonlyMap<string, MaskRule>,
  [from, to]: readonly [string, string],
): void {
  for (const [one, other] of [
    [to, from],
    [from, to],
  ] as const) {
    const rule = made.get(one)?.rule ?? known.get(one);
    const at = parseColumnName(other);
    if (typeof rule !== 'object' || at === undefined || known.has(other)) continue;
    const there = made.get(other);
    if (JSON.stringify(there?.rule) === JSON.stringify(rule)) return;
    made.set(other, { at, rule, why: there?.why ?? `as ${one}, by a foreign key` });
    return;
  }
}

/** A whole file of rules. */
export function rulesText(suggestions: readonly Suggestion[], source: string): string {
  const rules = suggestions.flatMap(({ at, rule, why }) =>
    typeof rule === 'string' ? [] : [`  ${nameText(at)}: ${ruleText(rule)} # ${oneLine(why)}`],
  );
  const named = (which: Suggestion['rule']): string[] =>
    suggestions
      .filter(({ rule }) => rule === which)
      .map(({ at, why }) => `  - ${nameText(at)} # ${oneLine(why)}`);
  const [kept, absent] = [named('keep'), named('absent')];
  return [
    `# What looks personal in ${oneLine(source)}: read it, and change what you know better.`,
    'version: 1',
    rules.length === 0 ? 'columns: {}' : 'columns:',
    ...rules,
    '# Columns that look personal and are not: they go in as they are.',
    kept.length === 0 ? 'keep: []' : 'keep:',
    ...kept,
    ...(absent.length === 0 ? [] : ['# The snapshot has no such columns:']),
    ...absent.map((line) => `#${line}`),
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}

function nameText(at: ColumnName): string {
  const name = columnText(at);
  return /^[\w.$]+$/.test(name) ? name : JSON.stringify(name);
}

function ruleText(rule: MaskRule): string {
  if (rule.kind === 'value') return `{ value: ${JSON.stringify(rule.text)} }`;
  return 'to' in rule ? `{ ${rule.kind}: ${String(rule.to)} }` : rule.kind;
}
