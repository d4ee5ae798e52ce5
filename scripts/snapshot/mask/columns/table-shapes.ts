import { parse, type Node, type RangeVar, type RenameStmt, type TypeName } from 'libpg-query';
import type { StatementPiece } from '../../../pg/scanner/sql-piece.ts';
import { UNKNOWN_TYPE, type Attribute, type ColumnType } from './column-type.ts';
import { TypeNames, type WrittenName } from './type-names.ts';

export interface TableName {
  readonly schema: string;
  readonly table: string;
}

export interface ForeignKey {
  readonly from: TableName;
  readonly columns: readonly string[];
  readonly to: TableName;
  /** Empty where the statement leaves the primary key to PostgreSQL. */
  readonly toColumns: readonly string[];
}

interface Shape {
  readonly columns: Map<string, ColumnType>;
  /** Generated columns: COPY leaves them out. */
  readonly generated: Set<string>;
  /** NOT NULL. */
  readonly required: Set<string>;
  /** Whose partition or child it is. */
  readonly parents: TableName[];
  /** It has the columns of a type or of another table besides (OF, LIKE). */
  isOpen: boolean;
}

/** Of statements that tell about tables, the first two words. */
const TELLING =
  /^(create ((global|local) )?((temp|temporary|unlogged|foreign) )?table|create domain|create type|alter table)\b/;

/** The tables of a snapshot with their columns, as its statements make them, one after the other. */
export class TableShapes {
  readonly #tables = new Map<string, Shape>();
  readonly #types = new TypeNames((name) => this.#rowsOf(name));
  readonly foreignKeys: ForeignKey[] = [];

  /** @returns whether the statement fills the table that it makes (CREATE TABLE … AS) */
  async take(statement: StatementPiece): Promise<boolean> {
    if (!TELLING.test(statement.words.join(' '))) return false;
    const parsed = await parse(statement.bytes.toString()).catch(() => undefined); // the server will tell what it is
    const node = parsed?.stmts?.[0]?.stmt;
    if (node !== undefined) this.#tell(node);
    return node !== undefined && 'CreateTableAsStmt' in node;
  }

  #tell(node: Node): void {
    if ('CreateStmt' in node) this.#create(node.CreateStmt);
    else if ('CreateForeignTableStmt' in node && node.CreateForeignTableStmt.base)
      this.#create(node.CreateForeignTableStmt.base);
    else if ('RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_COLUMN')
      this.#rename(node.RenameStmt);
    else if ('AlterTableStmt' in node && node.AlterTableStmt.relation)
      this.#alter(tableOf(node.AlterTableStmt.relation), node.AlterTableStmt.cmds ?? []);
    else this.#types.tell(node);
  }

  has(table: TableName): boolean {
    return this.#tables.has(keyOf(table));
  }

  /** Its type; undefined = the table has no such column. What no statement has made has every column. */
  typeOf(table: TableName, column: string): ColumnType | undefined {
    const shape = this.#tables.get(keyOf(table));
    if (shape === undefined) return UNKNOWN_TYPE;
    const own = shape.columns.get(column);
    if (own !== undefined) return own;
    for (const parent of shape.parents) {
      const inherited = this.has(parent) ? this.typeOf(parent, column) : undefined;
      if (inherited !== undefined) return inherited;
    }
    return shape.isOpen ? UNKNOWN_TYPE : undefined;
  }

  /** Does it bear no NULL? As far as the column itself says so. */
  isRequired(table: TableName, column: string): boolean {
    return this.#tables.get(keyOf(table))?.required.has(column) === true;
  }

  /** Those that COPY fills where it names none; undefined = not known. */
  columnsOf(table: TableName): string[] | undefined {
    const shape = this.#tables.get(keyOf(table));
    if (shape === undefined || shape.isOpen || shape.parents.length > 0) return undefined;
    return [...shape.columns.keys()].filter((column) => !shape.generated.has(column));
  }

  /** The table, and those whose partition or child it is, from near to far. */
  lineage(table: TableName): TableName[] {
    const parents = this.#tables.get(keyOf(table))?.parents ?? [];
    return [table, ...parents.flatMap((parent) => this.lineage(parent))];
  }

  #create({ relation, ofTypename, tableElts = [], inhRelations = [] }: CreateFacts): void {
    if (relation === undefined) return;
    const isOpen = ofTypename !== undefined || tableElts.some((part) => 'TableLikeClause' in part);
    const shape: Shape = {
      columns: new Map(),
      generated: new Set(),
      required: new Set(),
      parents: [],
      isOpen,
    };
    for (const parent of inhRelations) if ('RangeVar' in parent) shape.parents.push(tableOf(parent.RangeVar));
    this.#tables.set(keyOf(tableOf(relation)), shape);
    for (const part of tableElts) {
      if (!('ColumnDef' in part)) {
        this.#constraint(tableOf(relation), part, []);
        continue;
      }
      const { colname = '', typeName, constraints = [] } = part.ColumnDef;
      shape.columns.set(colname, this.#types.of(typeName));
      for (const constraint of constraints) {
        if (!('Constraint' in constraint)) continue;
        const { contype } = constraint.Constraint;
        if (contype === 'CONSTR_GENERATED') shape.generated.add(colname);
        if (contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY') shape.required.add(colname);
        this.#constraint(tableOf(relation), constraint, [colname]);
      }
    }
  }

  #alter(table: TableName, commands: readonly Node[]): void {
    for (const command of commands) {
      if (!('AlterTableCmd' in command)) continue;
      const { subtype, def, name = '' } = command.AlterTableCmd;
      if (subtype === 'AT_AttachPartition' && def !== undefined && 'PartitionCmd' in def) {
        const partition = def.PartitionCmd.name;
        if (partition) this.#tables.get(keyOf(tableOf(partition)))?.parents.push(table);
      } else if (subtype === 'AT_AddInherit' && def !== undefined && 'RangeVar' in def)
        this.#tables.get(keyOf(table))?.parents.push(tableOf(def.RangeVar));
      else if (subtype === 'AT_AddConstraint' && def !== undefined) this.#constraint(table, def, []);
      else if (subtype === 'AT_SetNotNull') this.#tables.get(keyOf(table))?.required.add(name);
      else if (def !== undefined && 'ColumnDef' in def && subtype === 'AT_AddColumn')
        this.#tables
          .get(keyOf(table))
          ?.columns.set(def.ColumnDef.colname ?? '', this.#types.of(def.ColumnDef.typeName));
      else if (def !== undefined && 'ColumnDef' in def && subtype === 'AT_AlterColumnType')
        this.#tables.get(keyOf(table))?.columns.set(name, this.#types.of(def.ColumnDef.typeName));
    }
  }

  #rename({ relation, subname = '', newname = '' }: RenameStmt): void {
    const columns = relation && this.#tables.get(keyOf(tableOf(relation)))?.columns;
    const type = columns?.get(subname);
    if (columns === undefined || type === undefined) return;
    columns.delete(subname);
    columns.set(newname, type);
  }

  #constraint(from: TableName, part: Node, ofColumn: readonly string[]): void {
    if (!('Constraint' in part) || part.Constraint.contype !== 'CONSTR_FOREIGN') return;
    const { pktable, fk_attrs = [], pk_attrs = [] } = part.Constraint;
    if (pktable === undefined) return;
    const columns = fk_attrs.length > 0 ? fk_attrs.map((each) => lastOf([each])) : ofColumn;
    const toColumns = pk_attrs.map((each) => lastOf([each]));
    this.foreignKeys.push({ from, columns, to: tableOf(pktable), toColumns });
  }

  /** Of a table that is used as a type. */
  #rowsOf(name: WrittenName): readonly Attribute[] | undefined {
    const [table = '', schema = 'public'] = [...name].reverse();
    const shape = this.#tables.get(keyOf({ schema, table }));
    if (shape === undefined || shape.isOpen || shape.parents.length > 0) return undefined;
    return [...shape.columns].map(([column, type]) => ({ name: column, type }));
  }
}

interface CreateFacts {
  readonly relation?: RangeVar;
  readonly tableElts?: Node[];
  readonly inhRelations?: Node[];
  readonly ofTypename?: TypeName;
}

export function tableOf({ schemaname, relname }: RangeVar): TableName {
  return { schema: schemaname ?? 'public', table: relname ?? '' };
}

function keyOf({ schema, table }: TableName): string {
  return JSON.stringify([schema, table]);
}

function lastOf(names: readonly Node[]): string {
  const last = names.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}
