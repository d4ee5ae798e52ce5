import { WORTH_ANOTHER_TRY } from '../../plan/retry-policy.ts';
import type { IndexStmt, Node } from 'libpg-query';
import type { UnfinishedObject } from '../../artifacts/records/of-plan/schema-records.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { guarded } from './guarded.ts';

interface Refused {
  /** The statement that the second try failed at; empty where it is not known. */
  readonly sql: string;
  readonly sqlstate: string;
  /** What the first try left behind. */
  readonly leftovers: readonly UnfinishedObject[];
}

interface Told {
  readonly advice: string;
  readonly insteadSql: string | null;
}

const IF_NOT_EXISTS = 'if not exists';
const IF_EXISTS = 'if exists';
/* SQLSTATEs: PostgreSQL's manual, appendix A. */

/** It is there already. */
const THERE_ALREADY = new Set(['42701', '42P07', '42710', '42723', '42P06', '42712']);
/** It is not there any more. */
const NOT_THERE = new Set(['42703', '42704', '42P01', '42883', '3F000']);
/** It is a partition already; its detach is pending already. */
const IN_THAT_STATE = new Set(['42809', '55000']);

const GUARD =
  'Ask the catalog whether it is done before it is done again (DO … IF NOT EXISTS (SELECT … FROM pg_catalog …)), or run the step by a tool that records in the same transaction what was done.';

/** What to write so that the statement can be run again. */
export function repeatAdvice({ sql, sqlstate, leftovers }: Refused): Told {
  const tree = StatementTree.parse(sql);
  if (
    WORTH_ANOTHER_TRY.has(sqlstate) &&
    tree !== undefined &&
    'IndexStmt' in tree.node &&
    tree.node.IndexStmt.concurrent
  )
    return indexAgain(
      tree,
      leftovers.find(({ kind }) => kind === 'index'),
      tree.node.IndexStmt,
    );
  if (WORTH_ANOTHER_TRY.has(sqlstate))
    return {
      advice:
        'It lost against somebody else’s lock, and not by being the second try: give the step a lockTimeout and retries.',
      insteadSql: null,
    };
  if (tree === undefined) return { advice: GUARD, insteadSql: null };
  const written = THERE_ALREADY.has(sqlstate)
    ? again(tree, leftovers)
    : NOT_THERE.has(sqlstate)
      ? goneAgain(tree)
      : IN_THAT_STATE.has(sqlstate)
        ? inThatState(tree)
        : ofRows(tree, sqlstate);
  return written ?? { advice: GUARD, insteadSql: null };
}

/** IF NOT EXISTS would take the INVALID index that a cut leaves for the one that was asked for. */
function indexAgain(tree: StatementTree, left: UnfinishedObject | undefined, index: IndexStmt): Told {
  const { idxname, relation } = index;
  const schema = relation?.schemaname === undefined ? '' : `${tree.spell(relation.schemaname)}.`;
  const own = idxname === undefined ? undefined : `${schema}${tree.spell(idxname)}`;
  const name = left?.name ?? own;
  return {
    advice:
      'Remove before it what an earlier try can have left: IF NOT EXISTS would skip over an INVALID index and call that done.',
    insteadSql:
      name === undefined
        ? null
        : `drop index concurrently if exists ${name};\n${tree.text(0, tree.endByte)};`,
  };
}

/** Of what makes something. */
function again(tree: StatementTree, leftovers: readonly UnfinishedObject[]): Told | undefined {
  const { node } = tree;
  if ('AlterTableStmt' in node) return addAgain(tree, node.AlterTableStmt.cmds ?? []);
  if ('IndexStmt' in node) {
    const left = leftovers.find(({ kind }) => kind === 'index');
    if (left !== undefined || node.IndexStmt.concurrent === true)
      return indexAgain(tree, left, node.IndexStmt);
    return words(tree, IF_NOT_EXISTS, 'index');
  }
  if ('CreateStmt' in node) return words(tree, IF_NOT_EXISTS, 'table');
  if ('CreateSchemaStmt' in node) return words(tree, IF_NOT_EXISTS, 'schema');
  if ('CreateSeqStmt' in node) return words(tree, IF_NOT_EXISTS, 'sequence');
  if ('CreateExtensionStmt' in node) return words(tree, IF_NOT_EXISTS, 'extension');
  if ('CreateTableAsStmt' in node) return words(tree, IF_NOT_EXISTS, 'table', 'view');
  if ('AlterEnumStmt' in node) return words(tree, IF_NOT_EXISTS, 'value');
  const replaceable = 'CreateFunctionStmt' in node || 'ViewStmt' in node || 'CreateTrigStmt' in node;
  return replaceable ? words(tree, 'or replace', 'create') : askFirst(tree);
}

function askFirst(tree: StatementTree): Told | undefined {
  const sql = guarded(tree);
  if (sql === undefined) return undefined;
  return {
    advice: 'Ask the catalog first whether it is done: it has no IF EXISTS of its own.',
    insteadSql: sql,
  };
}

/** What a DETACH … CONCURRENTLY that is cut off leaves can only be finished (PostgreSQL's documentation of ALTER TABLE). */
function inThatState(tree: StatementTree): Told | undefined {
  const { node } = tree;
  const [only] = 'AlterTableStmt' in node ? (node.AlterTableStmt.cmds ?? []) : [];
  const def = only && 'AlterTableCmd' in only ? only.AlterTableCmd.def : undefined;
  if (def === undefined || !('PartitionCmd' in def) || def.PartitionCmd.concurrent !== true)
    return askFirst(tree);
  const finish = `${tree.text(0, tree.endByte).replace(/\s+concurrently$/i, '')} finalize;`;
  return {
    advice: `Whoever starts it again has to finish the detach that is pending first: ${finish}`,
    insteadSql: null,
  };
}

function addAgain(tree: StatementTree, commands: readonly Node[]): Told | undefined {
  const [only, second] = commands;
  if (second !== undefined || only === undefined || !('AlterTableCmd' in only)) {
    return {
      advice: 'Write ADD COLUMN IF NOT EXISTS for each column, and constraints in statements of their own.',
      insteadSql: null,
    };
  }
  const { subtype, def } = only.AlterTableCmd;
  if (subtype === 'AT_AddColumn')
    return words(tree, IF_NOT_EXISTS, ...(/\badd\s+column\b/i.test(tree.text(0)) ? ['column'] : ['add']));
  if (subtype !== 'AT_AddConstraint' || def === undefined || !('Constraint' in def)) return undefined;
  return (
    askFirst(tree) ?? {
      advice: 'Give the constraint a name, by which pg_constraint can be asked for it.',
      insteadSql: null,
    }
  );
}

/** Of what removes something, or names what is gone. */
function goneAgain(tree: StatementTree): Told | undefined {
  const { node } = tree;
  if ('DropStmt' in node) {
    const kinds = [
      'table',
      'index',
      'view',
      'sequence',
      'schema',
      'type',
      'function',
      'trigger',
      'procedure',
    ];
    const after = node.DropStmt.concurrent === true ? ['concurrently'] : kinds;
    return words(tree, IF_EXISTS, ...after);
  }
  if (
    'AlterObjectSchemaStmt' in node ||
    ('RenameStmt' in node && node.RenameStmt.renameType !== 'OBJECT_COLUMN')
  )
    return words(tree, IF_EXISTS, 'table', 'index', 'view', 'sequence');
  if (!('AlterTableStmt' in node)) return askFirst(tree);
  const commands = node.AlterTableStmt.cmds ?? [];
  const [only] = commands;
  if (commands.length !== 1 || only === undefined || !('AlterTableCmd' in only)) return undefined;
  const { subtype } = only.AlterTableCmd;
  if (subtype === 'AT_DropConstraint') return words(tree, IF_EXISTS, 'constraint');
  if (subtype !== 'AT_DropColumn') return askFirst(tree);
  return words(tree, IF_EXISTS, ...(/\bdrop\s+column\b/i.test(tree.text(0)) ? ['column'] : ['drop']));
}

function ofRows({ node }: StatementTree, sqlstate: string): Told | undefined {
  if (sqlstate !== '23505' || !('InsertStmt' in node)) return undefined;
  return {
    advice:
      'Its rows are there already: write ON CONFLICT DO NOTHING, or put it into one transaction with what it belongs to.',
    insteadSql: null,
  };
}

/** Undefined where the statement does not stand as expected, so that nothing is told that does not parse. */
function words(tree: StatementTree, added: string, ...after: readonly string[]): Told | undefined {
  const sql = tree.withWords(added, ...after);
  if (StatementTree.parse(sql) === undefined || sql === tree.text(0)) return undefined;
  return {
    advice: `Write ${added.toUpperCase()}, so that it can be run again.`,
    insteadSql: sql.endsWith(';') ? sql : `${sql};`,
  };
}
