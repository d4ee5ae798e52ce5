import type {
  Blocker,
  OutsideResult,
  StatementResult,
  StepResult,
  Waiter,
} from '../checks/result/contract/result.ts';
import { formatMs, plural } from '../shared/text/format.ts';
import { largest } from './facts/facts.ts';

/** What a statement, or a command as a whole, did to others by its locks. */
export interface Impact {
  readonly sql: string | null;
  readonly figures: Pick<
    StatementResult | OutsideResult,
    | 'lockWaitMs'
    | 'lockHoldMs'
    | 'blackoutMs'
    | 'blockedSessionSeconds'
    | 'peakBlockedSessions'
    | 'longestVictimMs'
    | 'requestsOverBudget'
  >;
  readonly delayedSeconds: number;
  readonly blockers: readonly Blocker[];
  readonly waiters: readonly Waiter[];
}

export function impactOf(statement: StatementResult): Impact {
  const { sql, victims, blockers = [], waiters = [] } = statement;
  return { sql, figures: statement, delayedSeconds: victims.delayedSeconds, blockers, waiters };
}

export function outsideImpact({ outside, victims }: StepResult): Impact | null {
  if (!outside) return null;
  const { blockers = [], waiters = [] } = outside;
  return { sql: null, figures: outside, delayedSeconds: victims.delayedSeconds, blockers, waiters };
}

/** Somebody waited, before it or behind it. */
export function isInQueue({ blockers, waiters }: Impact): boolean {
  return blockers.length > 0 || waiters.length > 0;
}

/** A request of the app that was just being answered stands in the way as well, for a moment: of the longest, so much. */
const WORTH_NAMING = 0.1;

/** `app ← ALTER TABLE ← psql`: who waited first, then for whom, down to where the queue began; null = nobody waited. */
export function chainText(impact: Impact): string | null {
  if (!isInQueue(impact)) return null;
  const { waiters, blockers } = impact;
  const levels = Math.max(0, ...blockers.map(({ level }) => level));
  const below = Array.from({ length: levels }, (_, at) => {
    const here = blockers.filter(({ level }) => level === at + 1);
    const longest = largest(here.map(({ ms }) => ms));
    const names = here.filter(({ ms }) => ms >= longest * WORTH_NAMING).map(nameOf);
    const [first = '', ...others] = [...new Set(names)];
    return others.length === 0 ? first : `${first} and ${others.length} more`;
  });
  return [...waiters.slice(0, 1).map(({ role }) => whoOf(role)), commandOf(impact.sql), ...below].join(' ← ');
}

/** One line for each blocker, nearest first, with its statement as it was without values. */
export function blockerLine({ role, state, query, sessions, ms, isRoot, ...blocker }: Blocker): {
  readonly who: string;
  readonly did: string;
  readonly query: string | null;
} {
  const name = nameOf({ ...blocker, role });
  const many = sessions > 1 ? `, ${plural(sessions, 'session')}` : '';
  const doing = state === null ? '' : `, ${state}`;
  const root = isRoot ? ', waited for nobody: the queue began here' : ', waited itself';
  return { who: `${name}${many}`, did: `in the way for ${formatMs(ms)}${doing}${root}`, query };
}

export function waiterLine({ role, sessions, sessionSeconds, longestMs }: Waiter): string {
  return `${whoOf(role)}: up to ${plural(sessions, 'session')} at once, ${sessionSeconds.toFixed(2)} session-seconds in all, the longest ${formatMs(longestMs)}`;
}

/** How the rehearsal's own actors call themselves: `rehearse/actor/<name>`. */
const ACTOR = /^rehearse\/actor\//;

const ROLES: Readonly<Record<string, string>> = {
  actor: 'an actor',
  command: 'the migration tool',
  migration: 'the migration',
  compatibility: 'the compatibility probe',
  tool: 'the rehearsal itself',
  server: 'the server',
  prepared: 'a prepared transaction',
};

function whoOf(role: string): string {
  return role === 'other' ? 'another program' : (ROLES[role] ?? role);
}

/** By the name that it gave itself, unless it is one of ours. */
function nameOf({ role, applicationName }: Pick<Blocker, 'role' | 'applicationName'>): string {
  if (role === 'actor' && applicationName !== null) return applicationName.replace(ACTOR, '');
  if (role === 'prepared') return `prepared transaction ${applicationName ?? ''}`.trim();
  if (role !== 'other' && role !== 'server') return whoOf(role);
  return applicationName === null || applicationName === '' ? whoOf(role) : applicationName;
}

/** `ALTER TABLE` */
function commandOf(sql: string | null): string {
  if (sql === null) return 'the command';
  const words = sql.replace(/\/\*[^]*?\*\/|--[^\n]*/g, ' ').match(/[A-Za-z]+/g) ?? [];
  const pair = new Set(['ALTER', 'CREATE', 'DROP', 'LOCK', 'REFRESH']);
  const first = (words[0] ?? 'the statement').toUpperCase();
  return pair.has(first) ? [first, words[1]?.toUpperCase()].join(' ').trim() : first;
}
