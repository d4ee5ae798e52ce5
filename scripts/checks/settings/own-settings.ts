import type { Node, VariableSetStmt } from 'libpg-query';
import type { StatementRecord } from '../../artifacts/records/records.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { isTimeout, shownTimeout, TIMEOUTS, timeoutMs, type Timeout } from './timeouts.ts';

/** A timeout that the author's SQL gave itself; it wins over the keys of the step. */
export interface OwnSetting {
  readonly name: Timeout;
  /** As SHOW writes it; null = back to what role, database and server say. */
  readonly value: string | null;
  readonly isLocal: boolean;
  readonly file: string;
  readonly line: number;
}

type Change = Pick<OwnSetting, 'name' | 'value' | 'isLocal'>;

/**
 * Which timeouts the statements of a step set before each of them, by SET, RESET, DISCARD ALL and set_config(), also in the body
 * of a DO block: those of the session for as long as it lasts, those of a transaction until its end. The step's statements share
 * one session. `libpg-query` must be loaded.
 */
export function ownSettings(records: readonly StatementRecord[]): (of: StatementRecord) => OwnSetting[] {
  const changes = records
    .filter(({ error }) => error === null)
    .flatMap((record) => settingsBy(record.sql).map((change) => ({ change, record })));
  const undone = new Set(records.filter(({ error }) => error !== null).map(({ releasedMs }) => releasedMs));
  return ({ sentMs, releasedMs, pid }) => {
    const inForce = new Map<Timeout, OwnSetting>();
    for (const { change, record } of changes) {
      if (record.pid !== pid || record.sentMs >= sentMs) continue;
      // What is released together was one transaction.
      const isTogether = record.releasedMs === releasedMs;
      if (!isTogether && (change.isLocal || undone.has(record.releasedMs))) continue;
      inForce.set(change.name, { ...change, file: record.file, line: record.line });
    }
    return [...inForce.values()];
  };
}

const WORTH_READING = /_timeout|\b(re)?set\s+all\b|\bdiscard\b/i;

/** Of one statement. `libpg-query` must be loaded. */
export function settingsBy(sql: string): Change[] {
  if (!WORTH_READING.test(sql)) return [];
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined) return [];
  if ('VariableSetStmt' in node) return ofSet(node.VariableSetStmt);
  if ('DiscardStmt' in node) return node.DiscardStmt.target === 'DISCARD_ALL' ? allReset() : [];
  if ('SelectStmt' in node) return calls(sql);
  return 'DoStmt' in node || 'CallStmt' in node ? [...calls(sql), ...written(sql)] : [];
}

function ofSet({ kind, name = '', args = [], is_local: isLocal = false }: VariableSetStmt): Change[] {
  if (kind === 'VAR_RESET_ALL') return allReset();
  if (!isTimeout(name)) return [];
  if (kind === 'VAR_RESET' || kind === 'VAR_SET_DEFAULT') return [{ name, value: null, isLocal }];
  const ms = args[0] === undefined ? undefined : timeoutMs(constant(args[0]));
  return ms === undefined ? [] : [{ name, value: shownTimeout(ms), isLocal }];
}

function constant(node: Node): string {
  if (!('A_Const' in node)) return '';
  const { sval, ival, fval } = node.A_Const;
  return sval?.sval ?? fval?.fval ?? String(ival?.ival ?? 0);
}

function allReset(): Change[] {
  return TIMEOUTS.map((name) => ({ name, value: null, isLocal: false }));
}

const CALL = /\bset_config\s*\(\s*'(\w+)'\s*,\s*'([^']*)'\s*,\s*'?(\w+)/gi;
const WRITTEN = /\bset\s+(local\s+|session\s+)?(\w+)\s*(?:=|\bto\b)\s*'*([\w. ]+?)'*\s*[;'$]/gi;

function calls(sql: string): Change[] {
  return [...sql.matchAll(CALL)].flatMap(([, name = '', value = '', local = '']) =>
    change(name, value, /^(t|true|on|yes|1)$/i.test(local)),
  );
}

/** SET in a body, or in a text that it executes. */
function written(sql: string): Change[] {
  return [...sql.matchAll(WRITTEN)].flatMap(([, scope = '', name = '', value = '']) =>
    change(name, value, /local/i.test(scope)),
  );
}

function change(written: string, value: string, isLocal: boolean): Change[] {
  const name = written.toLowerCase();
  const ms = timeoutMs(value);
  return isTimeout(name) && ms !== undefined ? [{ name, value: shownTimeout(ms), isLocal }] : [];
}
