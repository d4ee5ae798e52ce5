import { plural } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import type { MatrixState } from '../analysis/matrix.ts';

/** Fewer requests that went well say nothing. */
const LEAST_REQUESTS = 20;
/**
 * Refused while a statement is parsed and analysed: names and functions (class 42), and a constant that is no value of its type
 * any more. A statement that was prepared before has this behind it.
 */
const WHILE_ANALYSED = /^(42|22P02)/;
/** What a session meets as it begins: a login that is refused, or a setting of its role or database. */
const AS_IT_BEGINS = /^(28|3D000|53300|25006)/;

/**
 * Where the matrix shows that scripts are broken from a step on and their traffic went on without an error: a sentence that says
 * why; else empty.
 */
export function hiddenByPrepared(group: readonly MatrixState[], { evidence, failures }: Analysis): string {
  const { requests } = evidence;
  const [first] = group;
  const { sqlstate, message } = first?.record ?? {};
  const isLogin = AS_IT_BEGINS.test(sqlstate ?? '') || / for database /.test(message ?? '');
  if (requests === undefined || first?.step?.window == null) return '';
  if (!isLogin && !WHILE_ANALYSED.test(sqlstate ?? '')) return '';
  const names = new Set(group.map(({ record }) => `${record.version} ${record.script}`));
  const isOfGroup = (version: string, script: string): boolean => names.has(`${version} ${script}`);
  if (failures.some((one) => one.sqlstate === sqlstate && isOfGroup(one.version, one.script))) return '';
  const sinceMs = first.step.window.toMs;
  let went = 0;
  for (let row = 0; row < requests.count; row++) {
    if ((requests.sentMs[row] ?? 0) < sinceMs || requests.outcome[row] !== 0) continue;
    const version = requests.version[row] ?? 0;
    const script = requests.scripts[version]?.[requests.script[row] ?? 0] ?? '';
    if (isOfGroup(requests.versions[version] ?? '', script)) went += 1;
  }
  if (went < LEAST_REQUESTS) return '';
  if (isLogin)
    return (
      ` Live traffic does not show it: ${plural(went, 'request')} since then went well, because their connections were open before. ` +
      'Every new one meets it: after a restart or a deploy, or where the pool replaces a connection.'
    );
  return (
    ` Live traffic does not show it: ${plural(went, 'request')} since then went well, because each connection had prepared its statements before, ` +
    'and a prepared statement keeps the functions and values that it was analysed with. Every new connection, and every driver or pooler ' +
    'that sends its SQL anew, fails.'
  );
}
