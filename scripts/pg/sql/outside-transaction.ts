import { scanSync, type Node, type ScanToken } from 'libpg-query';

/**
 * True for a statement that PostgreSQL refuses inside a transaction block (its source calls PreventInTransactionBlock,
 * SQLSTATE 25001; the reference page of each command says so), and for CALL and DO when they may end the transaction
 * themselves, which is allowed only outside a block (manual, 41.8 Transaction Management).
 * `libpg-query` must be loaded: the node comes from its parser.
 */
export function runsOutsideTransaction(node: Node): boolean {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true;
  if ('DropStmt' in node) return node.DropStmt.concurrent === true;
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd === true; // ANALYZE is the same node without it
  if ('ClusterStmt' in node) return node.ClusterStmt.relation === undefined;
  if ('ReindexStmt' in node) {
    const { kind, params } = node.ReindexStmt;
    const all = ['REINDEX_OBJECT_DATABASE', 'REINDEX_OBJECT_SYSTEM', 'REINDEX_OBJECT_SCHEMA'];
    return all.includes(kind ?? '') || isOn(params, 'concurrently', false);
  }
  if ('AlterTableStmt' in node) {
    // DETACH PARTITION ... CONCURRENTLY commits half-way; FINALIZE may run in a block.
    return (node.AlterTableStmt.cmds ?? []).some((command) => {
      const definition = 'AlterTableCmd' in command ? command.AlterTableCmd.def : undefined;
      return (
        definition !== undefined &&
        'PartitionCmd' in definition &&
        definition.PartitionCmd.concurrent === true
      );
    });
  }
  if ('AlterDatabaseStmt' in node) return hasOption(node.AlterDatabaseStmt.options, 'tablespace');
  if ('TransactionStmt' in node) return (node.TransactionStmt.kind ?? '').endsWith('_PREPARED');
  if ('DiscardStmt' in node) return node.DiscardStmt.target === 'DISCARD_ALL';
  if ('DoStmt' in node) return endsTransaction(bodyOf(node.DoStmt.args));
  return isAlwaysOutside(node) || isOutsideSubscription(node);
}

function isAlwaysOutside(node: Node): boolean {
  return [
    'CreatedbStmt',
    'DropdbStmt',
    'CreateTableSpaceStmt',
    'DropTableSpaceStmt',
    'AlterSystemStmt',
    'DropSubscriptionStmt', // refused as long as the subscription has a replication slot
    'CallStmt',
  ].some((tag) => tag in node);
}

/** Creating the slot and refreshing talk to the other server and cannot be undone. */
function isOutsideSubscription(node: Node): boolean {
  if ('CreateSubscriptionStmt' in node) {
    const { options } = node.CreateSubscriptionStmt;
    return isOn(options, 'connect', true) && isOn(options, 'create_slot', true);
  }
  if ('AlterSubscriptionStmt' in node) {
    const { kind = '', options } = node.AlterSubscriptionStmt;
    return kind.endsWith('_REFRESH') || (kind.endsWith('_PUBLICATION') && isOn(options, 'refresh', true));
  }
  return false;
}

function option(options: readonly Node[] | undefined, name: string) {
  for (const each of options ?? []) {
    if ('DefElem' in each && each.DefElem.defname === name) return each.DefElem;
  }
  return undefined;
}

function hasOption(options: readonly Node[] | undefined, name: string): boolean {
  return option(options, name) !== undefined;
}

/** A boolean option: without a value it is on, and where it is absent it is `absent`. */
function isOn(options: readonly Node[] | undefined, name: string, absent: boolean): boolean {
  const found = option(options, name);
  if (!found) return absent;
  const { arg } = found;
  // The grammar takes a bare word for a type name.
  const word = arg && 'TypeName' in arg ? arg.TypeName.names?.[0] : arg;
  if (word && 'String' in word) return !['false', 'off'].includes((word.String.sval ?? '').toLowerCase());
  if (word && 'Integer' in word) return (word.Integer.ival ?? 0) !== 0;
  return true;
}

function bodyOf(options: readonly Node[] | undefined): string {
  const body = option(options, 'as')?.arg;
  return body && 'String' in body ? (body.String.sval ?? '') : '';
}

/** COMMIT or ROLLBACK as a statement of its own; words inside strings and comments do not count. */
function endsTransaction(body: string): boolean {
  const tokens = tokensOf(body)?.filter(({ tokenName }) => !tokenName.endsWith('COMMENT'));
  if (tokens === undefined) return /\b(commit|rollback)\b/i.test(body);
  return tokens.some(({ text }, index) => {
    const next = tokens[index + 1]?.text.toUpperCase();
    return /^(commit|rollback)$/i.test(text) && (next === ';' || next === 'AND');
  });
}

/** Undefined for a body that is no SQL to its end, such as one of another language with an apostrophe in it. */
function tokensOf(body: string): readonly ScanToken[] | undefined {
  try {
    return scanSync(body).tokens;
  } catch {
    return undefined;
  }
}
