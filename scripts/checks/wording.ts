import { formatCount, formatMs, plural } from '../shared/text/format.ts';
import type { StepRun } from './analysis/step-runs.ts';

/** `Step 4 set-not-null` */
export function stepTitle({ index, planned }: Pick<StepRun, 'index' | 'planned'>): string {
  return `Step ${index} ${planned.name}`;
}

/** `public.customers` → `customers`; other schemas are kept. */
export function shortRelation(relation: string): string {
  return relation.replace(/^public\./, '');
}

/** How many requests noticed a stop; `failedAfter` waited for it and then failed by something else. */
interface Noticed {
  readonly delayed: number;
  readonly failed: number;
  readonly failedAfter?: number;
}

/** `876 requests waited, none failed` */
export function victimsPhrase({ delayed, failed, failedAfter = 0 }: Noticed): string {
  const after = `${plural(failedAfter, 'request')} waited and then failed by something else`;
  if (delayed === 0 && failed === 0) return failedAfter === 0 ? 'no request noticed' : after;
  if (failedAfter > 0) return `${victimsPhrase({ delayed, failed })}, and ${after}`;
  const waited = delayed === 0 ? 'no request waited' : `${plural(delayed, 'request')} waited`;
  return `${waited}, ${failed === 0 ? 'none' : formatCount(failed)} failed`;
}

/** `(budget 500 ms)` */
export function budgetMs(budget: number): string {
  return `(budget ${formatMs(budget)})`;
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more` */
export function listed(items: readonly string[], most = 4): string {
  const shown = items.length > most ? items.slice(0, most - 1) : items;
  const more = items.length - shown.length;
  const parts = more > 0 ? [...shown, `${formatCount(more)} more`] : [...shown];
  const last = parts.pop();
  if (last === undefined) return '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

const ROLES: Readonly<Record<string, string>> = {
  app: 'the app',
  migration: 'the migration itself',
  command: 'the migration tool',
  actor: 'an actor of the rehearsal',
  compatibility: "the rehearsal's own compatibility probe",
  tool: 'the rehearsal itself',
  server: 'the server itself',
  prepared: 'a prepared transaction',
  other: 'another program',
};

/** `app` → `the app` */
export function roleName(role: string): string {
  return ROLES[role] ?? role;
}
