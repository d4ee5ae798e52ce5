import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { passingResult } from './sample-result.ts';

/** Two playings that turn around: one comes back whole, one leaves an index and fails requests. */
export function wayBackResult(): Result {
  const way = { durationMs: 7400, switchBackMs: 3, longestStopMs: 38, requestsFailed: 0, forwardAgain: true };
  return passingResult({
    wayBack: [
      {
        ...way,
        from: 'deploy-dual',
        possible: true,
        reason: null,
        schemaSame: true,
        schemaDifferences: [],
        valuesLost: [],
      },
      {
        ...way,
        from: 'set-not-null',
        possible: false,
        schemaSame: false,
        requestsFailed: 12,
        longestStopMs: 2190,
        valuesLost: [
          {
            table: 'public.customers',
            column: 'full_name',
            count: 312,
            since: 'deploy-dual',
            how: 'dropped',
            isAtLeast: true,
          },
          {
            table: 'public.orders',
            column: 'state',
            count: 3,
            how: 'unreadable',
            was: 'order_state',
            since: 'deploy-dual',
          },
        ],
        reason: 'the schema is not what it was: index customers_full_name on customers is left over',
        schemaDifferences: [
          {
            kind: 'index',
            name: 'public.customers_full_name',
            relation: 'public.customers',
            how: 'left-over',
            what: [],
            step: 'backfill-name',
          },
          {
            kind: 'column',
            name: 'name',
            relation: 'public.customers',
            how: 'changed',
            step: 'set-not-null',
            what: ['no longer not null'],
          },
        ],
      },
    ],
    pointOfNoReturn: { declared: 'drop-column', found: 'backfill-name' },
  });
}
