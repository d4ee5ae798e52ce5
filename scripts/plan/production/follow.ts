import { parseSizeBytes } from '../../shared/text/quantities.ts';
import type { SnapshotFacts } from './snapshot-facts.ts';

/**
 * Settings of production that any server from PostgreSQL 14 to 18 takes on any machine: those of planner, vacuum and checkpoints, and the
 * memory of one session up to a limit. What a machine has to be large enough for (`shared_buffers`, `max_connections`), what other
 * builds lack, and what ends statements is told and not followed.
 */
const FOLLOWED =
  /^((cpu|seq|random|parallel)_\w*_cost|parallel_leader_participation|effective_cache_size|autovacuum(_naptime|_(vacuum|vacuum_insert|analyze)_(threshold|scale_factor)|_vacuum_cost_(delay|limit))?|vacuum_cost_(delay|limit)|checkpoint_(timeout|completion_target)|(max|min)_wal_size|full_page_writes|deadlock_timeout|default_statistics_target|from_collapse_limit|join_collapse_limit|geqo(_threshold)?|jit(_\w*above_cost)?|plan_cache_mode|constraint_exclusion|max_parallel_(workers|workers_per_gather|maintenance_workers)|enable_(bitmapscan|gathermerge|hashagg|hashjoin|incremental_sort|indexonlyscan|indexscan|material|memoize|mergejoin|nestloop|parallel_append|parallel_hash|partition_pruning|partitionwise_aggregate|partitionwise_join|seqscan|sort|tidscan)|work_mem|hash_mem_multiplier|maintenance_work_mem|bgwriter_(delay|lru_maxpages|lru_multiplier)|gin_pending_list_limit)$/;
const SESSION_MEMORY = /^(work_mem|maintenance_work_mem)$/;
const MOST_SESSION_BYTES = 1024 ** 3;

type Settings = readonly { readonly name: string; readonly value: string }[];

/** @param own names that the rehearsal sets itself, in whatever case */
export function followedSettings({ settings }: SnapshotFacts, own: Iterable<string>): Settings {
  const taken = new Set([...own].map((name) => name.toLowerCase()));
  return Object.entries(settings)
    .filter(([name, value]) => FOLLOWED.test(name) && !taken.has(name) && fits(name, value))
    .map(([name, value]) => ({ name, value }));
}

function fits(name: string, value: string): boolean {
  return !SESSION_MEMORY.test(name) || (parseSizeBytes(value) ?? Infinity) <= MOST_SESSION_BYTES;
}

/**
 * What a rehearsal says, with what it leaves out from production: settings, and how many requests arrive.
 * @param value of rehearsal.yaml, perhaps with mistakes in it
 * @param facts undefined where its snapshot is no folder that has them
 */
export function withProduction(value: unknown, facts: SnapshotFacts | undefined): unknown {
  if (facts === undefined || !isMap(value)) return value;
  const postgres = value['postgres'] ?? {};
  const load = value['load'];
  const perSec = facts.activity === null ? 0 : Math.round(facts.activity.transactionsPerSec);
  const follows = isMap(load) && load['rate'] === undefined && perSec >= 1;
  return {
    ...value,
    ...(isMap(postgres) && { postgres: withSettings(postgres, facts) }),
    ...(follows && { load: { ...load, rate: `${perSec}/s` } }),
  };
}

function withSettings(postgres: Record<string, unknown>, facts: SnapshotFacts): Record<string, unknown> {
  const own = postgres['settings'] ?? {};
  if (!isMap(own)) return postgres;
  const followed = followedSettings(facts, Object.keys(own)).map(({ name, value }) => [name, value]);
  return { ...postgres, settings: { ...Object.fromEntries(followed), ...own } };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
