import { parse, type Node } from 'libpg-query';
import { columnText } from '../../../plan/mask/column-name.ts';
import { DATE_PARTS, type ColumnName, type MaskRule } from '../../../plan/mask/mask-rules.ts';
import type { StatementPiece } from '../../../pg/scanner/sql-piece.ts';
import { ruleByName, type Wish } from './wish.ts';

const FUNCTION = /^\s*masked\s+with\s+function\s+(?:[\w$]+\.|"[^"]+"\.)*"?([\w$]+)"?\s*\((.*)\)\s*$/is;
const VALUE = /^\s*masked\s+with\s+value\s+(.*?)\s*$/is;
const NOT = /^\s*not\s+masked\s*$/i;
const TEXT = /^(?:'((?:[^']|'')*)'|\$(\w*)\$(.*)\$\2\$)$/s;

/**
 * The masking rules of postgresql_anonymizer as a dump brings them: security labels of columns, which pg_dump writes before the
 * first row. A masking policy may have another provider's name than `anon`, so a label is known by what it says.
 */
export class AnonLabels {
  readonly #wishes = new Map<string, Wish>();

  async take({ words, bytes }: StatementPiece): Promise<void> {
    if (words[0] !== 'security' || words[1] !== 'label') return;
    const parsed = await parse(bytes.toString()).catch(() => undefined); // the server will tell what it is
    const node = parsed?.stmts?.[0]?.stmt;
    if (node === undefined || !('SecLabelStmt' in node)) return;
    const { objtype, object, label = '', provider = '' } = node.SecLabelStmt;
    const at = objtype === 'OBJECT_COLUMN' ? columnOf(object) : undefined;
    const rule = ruleOfLabel(label);
    if (at !== undefined && rule !== undefined)
      this.#wishes.set(columnText(at), { at, rule, why: `its security label for ${provider}` });
  }

  /** Of a column that is to be masked. */
  isMasked(at: ColumnName): boolean {
    const wish = this.#wishes.get(columnText(at));
    return wish !== undefined && wish.rule !== 'keep';
  }

  get wishes(): Wish[] {
    return [...this.#wishes.values()];
  }
}

/** The nearest rule; undefined = it is no masking label. */
export function ruleOfLabel(label: string): MaskRule | 'keep' | undefined {
  if (NOT.test(label)) return 'keep';
  const value = VALUE.exec(label)?.[1];
  if (value !== undefined) return ruleOfValue(value);
  const [, name, given = ''] = FUNCTION.exec(label) ?? [];
  if (name === undefined) return undefined;
  const part = DATE_PARTS.find((each) => new RegExp(`'${each}'`, 'i').test(given));
  if (/^generalize_/i.test(name) && part !== undefined) return { kind: 'generalise', to: part };
  return ruleByName(name);
}

function ruleOfValue(value: string): MaskRule {
  if (/^null$/i.test(value)) return { kind: 'null' };
  const [, quoted, , dollared] = TEXT.exec(value) ?? [];
  return { kind: 'value', text: quoted?.replaceAll("''", "'") ?? dollared ?? value };
}

function columnOf(object: Node | undefined): ColumnName | undefined {
  if (object === undefined || !('List' in object)) return undefined;
  const parts = (object.List.items ?? []).map((each) => ('String' in each ? (each.String.sval ?? '') : ''));
  const [column, table, schema = 'public'] = parts.reverse();
  return column === undefined || table === undefined ? undefined : { schema, table, column };
}
