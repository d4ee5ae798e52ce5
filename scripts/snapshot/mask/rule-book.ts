import type { ColumnName, MaskRule, MaskRules } from '../../plan/mask/mask-rules.ts';
import { columnText } from '../../plan/mask/column-name.ts';
import type { Mistake } from '../../shared/errors.ts';
import type { ColumnType } from './columns/column-type.ts';
import { whyNot } from './columns/masker-of.ts';
import type { TableName, TableShapes } from './columns/table-shapes.ts';

/** The rules beside the tables of the snapshot. A rule of a parent is one of its partitions and children. */
export class RuleBook {
  readonly #rules: MaskRules;
  readonly #shapes: TableShapes;
  readonly #byColumn: ReadonlyMap<string, MaskRule>;
  readonly #kept: ReadonlySet<string>;

  constructor(rules: MaskRules, shapes: TableShapes) {
    this.#rules = rules;
    this.#shapes = shapes;
    this.#byColumn = new Map(rules.columns.map(({ at, rule }) => [columnText(at), rule]));
    this.#kept = new Set(rules.keep.map(({ at }) => columnText(at)));
  }

  ruleOf(table: TableName, column: string): MaskRule | undefined {
    for (const of of this.#shapes.lineage(table)) {
      const rule = this.#byColumn.get(columnText({ ...of, column }));
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  typeOf(table: TableName, column: string): ColumnType | undefined {
    return this.#shapes.typeOf(table, column);
  }

  isKept(table: TableName, column: string): boolean {
    return this.#shapes.lineage(table).some((of) => this.#kept.has(columnText({ ...of, column })));
  }

  /** Rules that the snapshot has no column for, and those that its type does not bear. */
  mistakes(): Mistake[] {
    const named = [...this.#rules.columns, ...this.#rules.keep.map((each) => ({ ...each, rule: undefined }))];
    return named.flatMap(({ at, written, line, rule }) => {
      const message = this.#mistake(at, rule);
      return message === undefined ? [] : [{ file: this.#rules.shown, line, key: written, message }];
    });
  }

  #mistake(at: ColumnName, rule: MaskRule | undefined): string | undefined {
    if (!this.#shapes.has(at)) return `the snapshot has no table ${at.schema}.${at.table}`;
    const type = this.#shapes.typeOf(at, at.column);
    if (type === undefined) return `${at.schema}.${at.table} has no column ${at.column}`;
    if (rule?.kind === 'null' && this.#shapes.isRequired(at, at.column))
      return `null cannot be done to a column that is NOT NULL; write another rule, such as { value: … } with a value of type ${type.shown}`;
    return rule && whyNot(rule, type);
  }
}
