import type { PlannedStep } from '../../../artifacts/records/records.ts';
import type { Strategy } from '../contract/strategies.ts';

const CREATES_TRIGGER = /\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b/i;

/**
 * What a plan is, by its steps alone.
 * @param sql the statements that it ran
 */
export function strategyOf(plan: readonly PlannedStep[], sql: readonly string[]): Strategy {
  const own = plan.filter(({ way }) => way === undefined);
  const deploys = own.filter(({ kind }) => kind === 'deploy');
  if (own.some(({ kind }) => kind === 'maintenance')) return 'maintenance window';
  if (sql.some((text) => CREATES_TRIGGER.test(text))) return 'dual writes';
  const first = own.findIndex(({ kind }) => kind === 'deploy');
  const isChange = ({ kind }: PlannedStep): boolean =>
    kind === 'sql' || kind === 'command' || kind === 'backfill';
  const last = own.findLastIndex(({ kind }) => kind === 'deploy');
  if (first !== -1 && own.slice(0, first).some(isChange) && own.slice(last + 1).some(isChange))
    return 'expand and contract';
  return deploys.some(({ deploy }) => deploy?.strategy === 'blue-green') ? 'blue-green' : 'one shot';
}
