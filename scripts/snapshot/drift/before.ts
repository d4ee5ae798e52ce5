import type { DriftRecord } from '../../artifacts/records/of-run/drift-record.ts';
import type { Statistics } from '../../plan/statistics/statistics.ts';

/** What is known of the snapshot as it was in production: its statistics, or how far masking took what it read from that. */
export type Before =
  | { readonly kind: 'statistics'; readonly statistics: Statistics }
  | { readonly kind: 'drift'; readonly drift: DriftRecord };
