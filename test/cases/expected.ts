import type { Result } from '../../scripts/checks/result/result.ts';

/** What a reader of a case's result must find, whatever the wording: patterns over findings, advice and limits. */
export interface Expected {
  readonly verdict: Result['verdict'];
  /** SQLSTATEs that a finding has to name. */
  readonly sqlstates?: readonly string[];
  /** The step of the first finding. */
  readonly blames?: string;
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
  '24-stale-trigger-body': { verdict: 'fail', sqlstates: ['42703'], says: [/record "new" has no field/] },
  '26-procedure-with-commit': { verdict: 'pass' },
  '27a-rls-hides-rows': { verdict: 'fail', blames: 'rls', says: [/row/i] },
  'm1-advisory-place': { verdict: 'fail', says: [/advisory/i] },
  'm2-slow-script-hides': { verdict: 'fail', neverSays: [/no request noticed/] },
  'm4-deploy-too-early': {
    verdict: 'fail',
    says: [/before (this|the) deploy/i],
    neverSays: [/over a longer time/],
  },
  'm6-late-check-violations': { verdict: 'fail', sqlstates: ['23514'], blames: 'check' },
  'r-archive-policy-role': { verdict: 'pass' },
  'r-archive-user-mapping': { verdict: 'pass' },
  'u-hot-lost': { verdict: 'pass', says: [/heap-only/] },
  'u-stats-lost-analyzed': { verdict: 'fail', says: [/one transaction/i] },
  'e-late-violation': { verdict: 'fail' },
  'u-backfill-drift': { verdict: 'fail', blames: 'new-out', says: [/dual writes first/i] },
  'u-backfill-drift-seen': { verdict: 'fail', blames: 'same' },
  'u-bulk-delete-partitioned': { verdict: 'fail', neverSays: [/ctid/] },
  'u-child-int-after-widen': { verdict: 'fail', sqlstates: ['22003'], blames: 'widen' },
  'u-detach-pending': { verdict: 'fail', blames: 'detach', says: [/pending/i, /finalize/i] },
  'u-enum-rename': { verdict: 'fail', sqlstates: ['22P02'], blames: 'rename' },
  'u-fk-key-share-deadlock': { verdict: 'fail', sqlstates: ['40P01'], blames: 'link' },
  'u-fk-no-index': { verdict: 'fail', blames: 'link', says: [/index/i] },
  'u-function-overload': { verdict: 'fail', sqlstates: ['42725'], blames: 'more' },
  'u-on-conflict-index': { verdict: 'fail', sqlstates: ['42P10'], neverSays: [/drop.*concurrently/i] },
  'u-pg18-forms': { verdict: 'pass' },
  'u-published-add-column': { verdict: 'pass', says: [/publi/i, /subscri/i] },
  'u-stats-lost-by-type': { verdict: 'fail', blames: 'longer', says: [/statistics/i, /analyze/i] },
  'e-force-same': { verdict: 'fail', says: [/200,000|rows/] },
  'e-set-session': { verdict: 'fail', says: [/lock_timeout/] },
};
