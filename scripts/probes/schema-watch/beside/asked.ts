import { parse, scanSync, type ColumnDef, type IndexStmt, type Node, type RangeVar } from 'libpg-query';
import type { StatementRecord } from '../../../artifacts/records/records.ts';

/** A relation as a statement names it; the schema only where it does. */
export interface AskedName {
  readonly schema: string | null;
  readonly name: string;
}

export interface AskedColumn {
  readonly name: string;
  /** As SQL writes it. */
  readonly type: string;
  readonly isNotNull: boolean;
}

/** What a statement that IF [NOT] EXISTS skipped asked for. */
export type Asked =
  | {
      readonly clause: 'if-not-exists';
      readonly what: 'columns';
      /** `table` or `column` */
      readonly kind: string;
      readonly relation: AskedName;
      readonly columns: readonly AskedColumn[];
      readonly partitionOf: string | null;
    }
  | {
      readonly clause: 'if-not-exists';
      readonly what: 'index';
      readonly relation: AskedName;
      readonly index: IndexStmt;
    }
  | {
      readonly clause: 'if-not-exists';
      readonly what: 'kind';
      readonly relation: AskedName;
      readonly kind: string;
    }
  | {
      readonly clause: 'if-exists';
      readonly what: 'missing';
      /** `table`, `column`, `constraint`, `function` … */
      readonly kind: string;
      readonly relation: AskedName;
      /** Of a part of the relation. */
      readonly part: string | null;
    };

/** A name that is not public. */
const HIDDEN = '…';
const ALREADY = / already exists, skipping$/;
const MISSING = / does not exist, skipping$/;

/** Nothing where nothing was skipped, or where a statement cannot be read. */
export async function askedBy({
  sql,
  notices = [],
}: Pick<StatementRecord, 'sql' | 'notices'>): Promise<Asked[]> {
  const already = notices.filter(({ message }) => ALREADY.test(message)).map(({ message }) => message);
  const missing = notices.filter(({ message }) => MISSING.test(message)).map(({ message }) => message);
  if (already.length + missing.length === 0) return [];
  const parsed = await parse(sql).catch(() => undefined);
  const node = parsed?.stmts?.[0]?.stmt;
  if (node === undefined) return [];
  const asked = [
    ...(already.length === 0 ? [] : ifNotExists(node, sql)),
    ...(missing.length === 0 ? [] : ifExists(node)),
  ];
  return asked.filter((one) => {
    const own = one.what === 'missing' ? (one.part ?? one.relation.name) : ownName(one);
    return (one.clause === 'if-exists' ? missing : already).some(
      (message) => message.includes(own) || message.includes(HIDDEN),
    );
  });
}

/** By which name the NOTICE calls it. */
function ownName(asked: Exclude<Asked, { what: 'missing' }>): string {
  return asked.what === 'columns' && asked.kind === 'column'
    ? (asked.columns[0]?.name ?? '')
    : asked.relation.name;
}

function ifNotExists(node: Node, sql: string): Asked[] {
  const clause = 'if-not-exists';
  if ('CreateStmt' in node) {
    const { relation, tableElts = [], partbound, inhRelations = [] } = node.CreateStmt;
    const columns = tableElts.flatMap((part) => ('ColumnDef' in part ? [columnOf(part.ColumnDef, sql)] : []));
    const [parent] = inhRelations;
    const partitionOf =
      partbound && parent && 'RangeVar' in parent ? (parent.RangeVar.relname ?? null) : null;
    return [{ clause, what: 'columns', kind: 'table', relation: nameOf(relation), columns, partitionOf }];
  }
  if ('IndexStmt' in node) {
    const { idxname = '', relation } = node.IndexStmt;
    const own = { schema: relation?.schemaname ?? null, name: idxname };
    return [{ clause, what: 'index', relation: own, index: node.IndexStmt }];
  }
  if ('CreateSeqStmt' in node)
    return [{ clause, what: 'kind', kind: 'sequence', relation: nameOf(node.CreateSeqStmt.sequence) }];
  if ('CreateTableAsStmt' in node) {
    const kind = node.CreateTableAsStmt.objtype === 'OBJECT_MATVIEW' ? 'materialized view' : 'table';
    return [{ clause, what: 'kind', kind, relation: nameOf(node.CreateTableAsStmt.into?.rel) }];
  }
  if (!('AlterTableStmt' in node)) return [];
  const relation = nameOf(node.AlterTableStmt.relation);
  return (node.AlterTableStmt.cmds ?? []).flatMap((part): Asked[] => {
    const cmd = 'AlterTableCmd' in part ? part.AlterTableCmd : undefined;
    if (cmd?.subtype !== 'AT_AddColumn' || cmd.missing_ok !== true || !cmd.def || !('ColumnDef' in cmd.def))
      return [];
    const columns = [columnOf(cmd.def.ColumnDef, sql)];
    return [{ clause, what: 'columns', kind: 'column', relation, columns, partitionOf: null }];
  });
}

const RELATION_KINDS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_INDEX: 'index',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign table',
};
const PART_KINDS: Readonly<Record<string, string>> = {
  OBJECT_TRIGGER: 'trigger',
  OBJECT_POLICY: 'policy',
  OBJECT_RULE: 'rule',
};
const DROPPED_PARTS: Readonly<Record<string, string>> = {
  AT_DropColumn: 'column',
  AT_DropConstraint: 'constraint',
};

function ifExists(node: Node): Asked[] {
  const clause = 'if-exists';
  if ('DropStmt' in node) {
    const type: string = node.DropStmt.removeType ?? '';
    return (node.DropStmt.objects ?? []).flatMap((object): Asked[] => {
      const words = wordsOf(object);
      const whole =
        RELATION_KINDS[type] ?? (/FUNCTION|PROCEDURE|ROUTINE/.test(type) ? 'function' : undefined);
      if (whole !== undefined)
        return [{ clause, what: 'missing', kind: whole, relation: named(words), part: null }];
      const kind = PART_KINDS[type];
      if (kind === undefined) return [];
      return [
        { clause, what: 'missing', kind, relation: named(words.slice(0, -1)), part: words.at(-1) ?? null },
      ];
    });
  }
  if (!('AlterTableStmt' in node)) return [];
  const { relation: range, missing_ok: isOptional = false, cmds = [] } = node.AlterTableStmt;
  const relation = nameOf(range);
  const parts = cmds.flatMap((part): Asked[] => {
    const cmd = 'AlterTableCmd' in part ? part.AlterTableCmd : undefined;
    const kind = DROPPED_PARTS[cmd?.subtype ?? ''];
    if (kind === undefined || cmd?.missing_ok !== true) return [];
    return [{ clause, what: 'missing', kind, relation, part: cmd.name ?? null }];
  });
  return isOptional ? [...parts, { clause, what: 'missing', kind: 'table', relation, part: null }] : parts;
}

function wordsOf(object: Node): string[] {
  const list =
    'List' in object
      ? object.List.items
      : 'ObjectWithArgs' in object
        ? object.ObjectWithArgs.objname
        : undefined;
  return (list ?? []).flatMap((item) => ('String' in item ? [item.String.sval ?? ''] : []));
}

function named(words: readonly string[]): AskedName {
  return { schema: words.at(-2) ?? null, name: words.at(-1) ?? '' };
}

function nameOf(range: RangeVar | undefined): AskedName {
  return { schema: range?.schemaname ?? null, name: range?.relname ?? '' };
}

/** Words with which the type of a column ends. */
const BEHIND_TYPE = new Set(
  'constraint not null default check primary unique references generated collate deferrable initially storage compression options using'.split(
    ' ',
  ),
);

function columnOf({ colname = '', typeName, constraints = [] }: ColumnDef, sql: string): AskedColumn {
  const isNotNull = constraints.some((one) => {
    const type: string = 'Constraint' in one ? (one.Constraint.contype ?? '') : '';
    return type === 'CONSTR_NOTNULL' || type === 'CONSTR_PRIMARY' || type === 'CONSTR_IDENTITY';
  });
  return { name: colname, type: typeText(sql, typeName?.location ?? 0), isNotNull };
}

/** Offsets of the parser and its scanner count bytes. */
function typeText(sql: string, location: number): string {
  let depth = 0;
  let end = location;
  for (const { text, start, end: tokenEnd } of scanSync(sql).tokens) {
    if (start < location) continue;
    if (depth === 0 && (/^[,);]$/.test(text) || (start > location && BEHIND_TYPE.has(text.toLowerCase()))))
      break;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    end = tokenEnd;
  }
  const written = Buffer.from(sql).subarray(location, end).toString();
  return SERIALS[written.toLowerCase()] ?? written;
}

const SERIALS: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
};
