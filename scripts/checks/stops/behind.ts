import { APPLICATION_PREFIX } from '../../pg/endpoint.ts';
import type { Blocker } from '../analysis/waits/blockers.ts';
import type { Presence } from '../analysis/presence.ts';
import type { Stop } from './stops.ts';
import { roleName } from '../wording.ts';

/** Whoever stood in the way for less than this share of the longest is not worth a word. */
const WORTH_NAMING = 0.1;

/** With whom a queue began. */
export interface Behind {
  /** `long-reader month-report` or `another program`, each once; empty = nobody was seen. */
  readonly names: readonly string[];
  /** Those of them who are actors. */
  readonly actors: readonly Presence[];
}

/** Whom the queue of a stop began with: the app's own requests count only where there is nobody else. */
export function behindWhom({ statement, step }: Stop, company: readonly Presence[]): Behind {
  const roots = (statement?.blockers ?? step.outside?.blockers ?? []).filter(({ isRoot }) => isRoot);
  const others = roots.filter(({ role }) => role !== 'app');
  const likely = others.length > 0 ? others : roots;
  const longestMs = Math.max(0, ...likely.map(({ ms }) => ms));
  const worth = likely.filter(({ ms }) => ms >= longestMs * WORTH_NAMING);
  const names = worth.map((blocker) => blockerTitle(blocker, company));
  const roles = (statement?.blockedBy ?? []).map(roleName);
  return {
    names: [...new Set(names.length > 0 ? names : roles)],
    actors: [...new Set(worth.flatMap((blocker) => actorOf(blocker, company) ?? []))],
  };
}

/** Who it is, by what is known best. */
export function blockerTitle(blocker: Blocker, company: readonly Presence[]): string {
  const actor = actorOf(blocker, company);
  return actor ? actorTitle(actor) : titleOf(blocker);
}

/** `long-reader month-report`; an actor that is called after its kind needs no other name. */
export function actorTitle({ actor, kind }: Pick<Presence, 'actor' | 'kind'>): string {
  return actor === kind ? kind : `${kind} ${actor}`;
}

/** A name that nobody may read. */
const HIDDEN = '…';
const CALLED: ReadonlySet<string> = new Set(['other', 'server', 'command']);

/** `another program (psql)`, `the server itself (autovacuum worker)`, `the prepared transaction p1` */
function titleOf({ role, applicationName }: Blocker): string {
  const told = applicationName?.trim() ?? '';
  const name = told === HIDDEN || told.startsWith(APPLICATION_PREFIX) ? '' : told;
  if (role === 'prepared') return name === '' ? roleName(role) : `the prepared transaction ${name}`;
  return name === '' || !CALLED.has(role) ? roleName(role) : `${roleName(role)} (${name})`;
}

function actorOf({ role, applicationName }: Blocker, company: readonly Presence[]): Presence | undefined {
  if (role !== 'actor') return undefined;
  return company.find(({ actor }) => applicationName === `${APPLICATION_PREFIX}actor/${actor}`);
}
