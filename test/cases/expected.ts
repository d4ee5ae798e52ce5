import type { Result } from '../../scripts/checks/result/contract/result.ts';

/** What a reader of a case's result must find, whatever the wording: patterns over findings, advice and limits. */
export interface Expected {
  readonly verdict: Result['verdict'];
  /** On a quick machine its latencies stay below the budget, and then this has to be said. */
  readonly mayPass?: { readonly says: readonly RegExp[] };
  /** SQLSTATEs that a finding has to name. */
  readonly sqlstates?: readonly string[];
  /** The step of the first finding. */
  readonly blames?: string;
  /** The step whose statements made requests wait. */
  readonly delays?: string;
  /** How many statements ran in all. */
  readonly statements?: number;
  readonly says?: readonly RegExp[];
  readonly neverSays?: readonly RegExp[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Re-enacted incidents: folder of the collection → what is right. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  '01-cic-retry-invalid': {
    verdict: 'fail',
    blames: 'index',
    says: [/invalid/i, /drop index concurrently/i],
  },
  '01b-cic-retry-exists': {
    verdict: 'fail',
    sqlstates: ['42P07'],
    blames: 'index',
    says: [/invalid/i, /drop index concurrently/i],
  },
  '01d-tool-under-statement-timeout': { verdict: 'fail', sqlstates: ['57014'], blames: 'index' },
  // Whoever dies in a deadlock is who dies in production: the migration, which comes again.
  '02d-deadlock-retry-uprobes': { verdict: 'pass' },
  '02e-deadlock-retry-serverlog': { verdict: 'pass', environment: { REHEARSE_WAITS: 'server-log' } },
  '04-varchar-widen': { verdict: 'fail', sqlstates: ['0A000'], says: [/cached plan/i] },
  '08-tool-blocks-itself': { verdict: 'fail', blames: 'tool', says: [/idle in transaction|own.*session/i] },
  '13-replica-identity-gap': { verdict: 'fail', sqlstates: ['55000'], says: [/replica identity/i] },
  '15-pending-trigger-events': { verdict: 'fail', sqlstates: ['55006'], blames: 'server' },
  '17-backfill-char-key': { verdict: 'pass' },
  '17d-backfill-bit-key': { verdict: 'pass' },
  '17b-backfill-nullable-key': { verdict: 'fail', blames: 'fill', says: [/null/i] },
  '19-reindex-partitioned': { verdict: 'pass' },
  '19b-reindex-index-partitioned': { verdict: 'pass' },
  '20-missing-grant': {
    verdict: 'fail',
    sqlstates: ['42501'],
    says: [/grant/i],
    neverSays: [/over a longer time/],
  },
  '20b-missing-grant-superuser': { verdict: 'pass', says: [/superuser/i] },
  '22a-timestamptz-default': { verdict: 'pass', says: [/TimeZone/i] },
  '22c-advice-followed': { verdict: 'fail', sqlstates: ['23502'], blames: 'swap', says: [/seen_at_old/] },
  '24-stale-trigger-body': { verdict: 'fail', sqlstates: ['42703'], says: [/record "new" has no field/] },
  '26-procedure-with-commit': { verdict: 'pass' },
  '27a-rls-hides-rows': { verdict: 'fail', blames: 'rls', says: [/row/i] },
  '28-up-and-down-in-one-file': { verdict: 'pass', statements: 1 },
  'm1-advisory-place': { verdict: 'fail', says: [/advisory/i] },
  'm2-slow-script-hides': { verdict: 'fail', neverSays: [/no request noticed/] },
  'm3-two-tables-large-pool': {
    verdict: 'fail',
    delays: 'run-id',
    says: [/stopped artifacts/, /waited [^ ]+ s for tasks behind long-reader export/],
  },
  'm4-deploy-too-early': {
    verdict: 'fail',
    says: [/before the deploy/i],
    neverSays: [/over a longer time/],
  },
  'm5-baseline-in-flight': { verdict: 'pass', delays: 'one' },
  'm6-late-check-violations': { verdict: 'fail', sqlstates: ['23514'], blames: 'check' },
  'r-archive-policy-role': { verdict: 'pass' },
  'r-archive-user-mapping': { verdict: 'pass' },
  // Its plan says one transaction over both files, in which a new value cannot be used.
  'r-per-file-transaction': {
    verdict: 'fail',
    sqlstates: ['55P04'],
    blames: 'both',
    says: [/a file, of its own/],
  },
  'u-hot-lost': { verdict: 'pass', says: [/heap-only/] },
  'u-stats-lost-analyzed': {
    verdict: 'fail',
    says: [/one transaction/i],
    mayPass: { says: [] },
  },
  'u-exclude-constraint': {
    verdict: 'fail',
    blames: 'exclude',
    says: [/new, empty table/],
    neverSays: [/index concurrently|not valid;/i],
  },
  'e-late-violation': { verdict: 'fail' },
  'u-backfill-drift': { verdict: 'fail', blames: 'new-out', says: [/dual writes first/i] },
  'u-backfill-drift-seen': { verdict: 'fail', blames: 'same' },
  'u-bulk-delete-partitioned': { verdict: 'fail', neverSays: [/ctid/] },
  'u-bulk-delete-advised': { verdict: 'fail', blames: 'kept' },
  'u-child-int-after-widen': { verdict: 'fail', sqlstates: ['22003'], blames: 'widen' },
  'u-detach-pending': { verdict: 'fail', blames: 'detach', says: [/pending/i, /finalize/i] },
  'u-enum-rename': { verdict: 'fail', sqlstates: ['22P02'], blames: 'rename' },
  'u-fk-child-first': { verdict: 'fail', sqlstates: ['23503'], says: [/deferrable|parent first/i] },
  'u-fk-key-share-deadlock': { verdict: 'fail', sqlstates: ['40P01'], blames: 'link' },
  'u-fk-no-index': { verdict: 'fail', blames: 'link', says: [/index/i] },
  'u-function-overload': { verdict: 'fail', sqlstates: ['42725'], blames: 'more' },
  'u-index-partitioned': { verdict: 'fail', blames: 'index', says: [/on only/i, /attach/i] },
  'u-index-partitioned-advised': {
    verdict: 'fail',
    sqlstates: ['0A000'],
    blames: 'index',
    says: [/on only/i, /attach/i],
  },
  'u-on-conflict-index': { verdict: 'fail', sqlstates: ['42P10'], neverSays: [/drop.*concurrently/i] },
  'u-pg18-forms': { verdict: 'pass' },
  'u-published-add-column': { verdict: 'pass', says: [/publi/i, /subscri/i] },
  'u-stats-lost-by-type': { verdict: 'fail', blames: 'longer', says: [/statistics/i, /analyze/i] },
  'u-stats-lost-one-tx': {
    verdict: 'fail',
    blames: 'longer',
    says: [/keep the analyze in its transaction/i],
    mayPass: { says: [] },
    neverSays: [/End the transaction right after/],
  },
  'u-tenant-loop': { verdict: 'fail', blames: 'all-tenants', says: [/one transaction/, /lock slots/] },
  'e-force-same': { verdict: 'fail', says: [/200,000|rows/] },
  'e-set-session': { verdict: 'fail', says: [/lock_timeout/] },
};
