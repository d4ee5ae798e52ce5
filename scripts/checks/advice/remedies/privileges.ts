import { quoted, StatementTree } from '../../../pg/sql/statement-tree.ts';
import { namedIn, type Remedy } from './remedy.ts';

export const privileges: Remedy = {
  sqlstates: ['42501'],
  cause: "the app's role lacks a privilege, mostly on what the plan has just made",
  instead: 'GRANT the privilege in the step that makes the object, before the deploy of what uses it.',
  of({ message, refused, who, sql }) {
    if (/must be owner of/.test(message)) {
      return {
        advice:
          'Only the owner of an object, or a member of its role, may change it: run the step as the owner, or SET ROLE to the owner first.',
        insteadSql: null,
      };
    }
    if (/row-level security/.test(message)) {
      return {
        advice:
          "The table's policies refuse the row: give the app's role a policy WITH CHECK for what it writes, in the step that makes or enables row security.",
        insteadSql: null,
      };
    }
    if (who === 'app' && / for database /.test(message)) {
      return {
        advice: `Keep CONNECT on the database for ${refused?.role ?? "the app's role"} as long as a version with traffic logs in by it: open sessions go on, every new one is refused.`,
        insteadSql: null,
      };
    }
    const [kind, name] = objectOf(message);
    if (who === 'app' && takesRights(sql)) {
      return {
        advice: `The step takes away what ${refused?.role ?? "the app's role"} still uses${name === undefined ? '' : ` on ${name}`}: deploy the version that needs it no more first, and take it away when no version with traffic does.`,
        insteadSql: null,
      };
    }
    if (who === 'plan') {
      return {
        advice: `The role that the plan runs as lacks what the statement needs${name === undefined ? '' : ` on ${name}`}: let the owner or an administrator GRANT it before the plan, or run the step as a role that has it.`,
        insteadSql: null,
      };
    }
    const role = refused?.role ?? "the app's role";
    const advice = `GRANT what ${role} needs on ${name ?? 'the object'} in the step that makes it, before the deploy; ALTER DEFAULT PRIVILEGES does it for all that is made later.`;
    if (refused === null || name === undefined) return { advice, insteadSql: null };
    const rights = USAGE[kind ?? ''] ?? (RELATIONS.has(kind ?? '') ? refused.privileges : undefined);
    if (rights === undefined) return { advice, insteadSql: null };
    const on = kind === undefined || RELATIONS.has(kind) ? 'table' : kind;
    return {
      advice,
      insteadSql: `grant ${rights.join(', ')} on ${on} ${quoted(name)} to ${quoted(refused.role)};`,
    };
  },
};

/** REVOKE of a privilege or a membership, or another owner, whose privileges the old one loses. */
function takesRights(sql: string): boolean {
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined) return false;
  if ('GrantStmt' in node) return node.GrantStmt.is_grant !== true;
  if ('GrantRoleStmt' in node) return node.GrantRoleStmt.is_grant !== true;
  if ('AlterTableStmt' in node)
    return (node.AlterTableStmt.cmds ?? []).some(
      (one) => 'AlterTableCmd' in one && one.AlterTableCmd.subtype === 'AT_ChangeOwner',
    );
  return 'AlterOwnerStmt' in node || 'ReassignOwnedStmt' in node || 'DropOwnedStmt' in node;
}

/** GRANT calls all of them TABLE. */
const RELATIONS: ReadonlySet<string> = new Set(['table', 'view', 'materialized view']);

/** What a use of these needs, whatever the statement. */
const USAGE: Readonly<Record<string, readonly string[]>> = {
  schema: ['usage'],
  sequence: ['usage'],
  type: ['usage'],
};

function objectOf(message: string): [kind: string | undefined, name: string | undefined] {
  const bare =
    /permission denied for (table|view|materialized view|sequence|schema|type|function|procedure) (.+)$/.exec(
      message,
    );
  if (bare && !bare[2]?.includes('…')) return [bare[1], bare[2]];
  return [undefined, namedIn(message, 'relation')];
}
