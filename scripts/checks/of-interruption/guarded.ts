import type { AlterTableCmd, Node, RangeVar } from 'libpg-query';
import type { StatementTree } from '../../pg/sql/statement-tree.ts';

/**
 * The statement in a DO block that asks the catalog whether it is done, for those that have no IF NOT EXISTS or IF EXISTS of their
 * own. Undefined for all others.
 */
export function guarded(tree: StatementTree): string | undefined {
  const condition = conditionOf(tree);
  const statement = tree.text(0, tree.endByte);
  if (condition === undefined || statement.includes('$do$')) return undefined;
  return `do $do$ begin\n  if ${condition} then\n    ${statement};\n  end if;\nend $do$;`;
}

/** SQL that is true as long as the statement is to be done. */
function conditionOf(tree: StatementTree): string | undefined {
  const { node } = tree;
  const oid = (relation: RangeVar): string => `${literal(tree.relation(relation))}::regclass`;
  const noType = (name: string): string => `to_regtype(${literal(name)}) is null`;
  const spelled = (names: readonly Node[] = []): string =>
    names.flatMap((one) => ('String' in one ? [tree.spell(one.String.sval ?? '')] : [])).join('.');
  if ('AlterTableStmt' in node) {
    const { relation, cmds = [] } = node.AlterTableStmt;
    const [only, second] = cmds;
    if (relation === undefined || second !== undefined || !only || !('AlterTableCmd' in only))
      return undefined;
    return ofCommand(only.AlterTableCmd, oid, relation);
  }
  if ('RenameStmt' in node) {
    const { renameType, relation, subname } = node.RenameStmt;
    if (renameType !== 'OBJECT_COLUMN' || relation === undefined || subname === undefined) return undefined;
    return `exists (select from pg_attribute where attrelid = ${oid(relation)} and attname = ${literal(subname)} and not attisdropped)`;
  }
  if ('CreatePolicyStmt' in node) {
    const { policy_name = '', table } = node.CreatePolicyStmt;
    return table && none(`pg_policy where polrelid = ${oid(table)} and polname`, policy_name);
  }
  if ('CreateRoleStmt' in node) return none('pg_roles where rolname', node.CreateRoleStmt.role ?? '');
  if ('CreateEnumStmt' in node) return noType(spelled(node.CreateEnumStmt.typeName));
  if ('CreateDomainStmt' in node) return noType(spelled(node.CreateDomainStmt.domainname));
  if ('CompositeTypeStmt' in node) {
    const { typevar } = node.CompositeTypeStmt;
    return typevar && noType(tree.relation(typevar));
  }
  return undefined;
}

function ofCommand(
  { subtype, def }: AlterTableCmd,
  oid: (relation: RangeVar) => string,
  relation: RangeVar,
): string | undefined {
  if (def === undefined) return undefined;
  if ('Constraint' in def && def.Constraint.conname !== undefined)
    return none(`pg_constraint where conrelid = ${oid(relation)} and conname`, def.Constraint.conname);
  if (!('PartitionCmd' in def) || def.PartitionCmd.name === undefined) return undefined;
  const isPart = `exists (select from pg_inherits where inhparent = ${oid(relation)} and inhrelid = ${oid(def.PartitionCmd.name)})`;
  if (subtype === 'AT_AttachPartition') return `not ${isPart}`;
  // DETACH … CONCURRENTLY cannot run in a block.
  return subtype === 'AT_DetachPartition' && def.PartitionCmd.concurrent !== true ? isPart : undefined;
}

function none(where: string, name: string): string {
  return `not exists (select from ${where} = ${literal(name)})`;
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
