import type { Node, TypeName } from 'libpg-query';
import { columnType, recordType, type Attribute, type ColumnType } from './column-type.ts';

/** Its schema, where it is written, and its name. */
export type WrittenName = readonly string[];

/** The types that a snapshot makes, by schema and name: a domain or an enum may be called like a type of PostgreSQL's. */
export class TypeNames {
  readonly #made = new Map<string, ColumnType>();
  readonly #rowsOf: (name: WrittenName) => readonly Attribute[] | undefined;

  /** @param rowsOf the columns of a table, which is a type too; undefined = there is none, or not all are known */
  constructor(rowsOf: (name: WrittenName) => readonly Attribute[] | undefined) {
    this.#rowsOf = rowsOf;
  }

  /** A statement that may make a type. */
  tell(node: Node): void {
    if ('CreateDomainStmt' in node) {
      const { domainname, typeName } = node.CreateDomainStmt;
      this.#make(namesOf(domainname), this.of(typeName));
    } else if ('CompositeTypeStmt' in node) {
      const { typevar, coldeflist = [] } = node.CompositeTypeStmt;
      const name = [typevar?.schemaname ?? 'public', typevar?.relname ?? ''];
      const attributes = coldeflist.flatMap((each) =>
        'ColumnDef' in each
          ? [{ name: each.ColumnDef.colname ?? '', type: this.of(each.ColumnDef.typeName) }]
          : [],
      );
      this.#make(name, recordType(name.join('.'), attributes));
    } else if ('CreateEnumStmt' in node) this.#makeOther(namesOf(node.CreateEnumStmt.typeName));
    else if ('CreateRangeStmt' in node) this.#makeOther(namesOf(node.CreateRangeStmt.typeName));
    else if ('DefineStmt' in node && node.DefineStmt.kind === 'OBJECT_TYPE')
      this.#makeOther(namesOf(node.DefineStmt.defnames));
  }

  /** What a column of it holds. */
  of(type: TypeName | undefined): ColumnType {
    const names = namesOf(type?.names);
    const isArray = (type?.arrayBounds ?? []).length > 0;
    const made = this.#made.get(keyOf(names)) ?? this.#rowType(names);
    if (made !== undefined) return isArray ? { ...made, isArray, shown: `${made.shown}[]` } : made;
    const [modifier] = type?.typmods ?? [];
    const limit = modifier !== undefined && 'A_Const' in modifier ? modifier.A_Const.ival?.ival : undefined;
    return columnType(names.at(-1) ?? '', isArray, limit);
  }

  #rowType(names: WrittenName): ColumnType | undefined {
    const attributes = this.#rowsOf(names);
    return attributes && recordType(names.join('.'), attributes);
  }

  #make(names: WrittenName, type: ColumnType): void {
    this.#made.set(keyOf(names), type);
  }

  #makeOther(names: WrittenName): void {
    this.#make(names, { class: 'other', shown: names.join('.'), isArray: false });
  }
}

function namesOf(nodes: readonly Node[] = []): WrittenName {
  return nodes.map((each) => ('String' in each ? (each.String.sval ?? '') : ''));
}

function keyOf(names: WrittenName): string {
  return JSON.stringify(names.length > 1 ? names : ['public', ...names]);
}
