import type { SnapshotFacts } from '../../../plan/production/snapshot-facts.ts';
import { formatBytes } from '../../../shared/text/format.ts';
import { yamlOf } from '../rehearsal-yaml.ts';
import type { AskedOfServer } from './ask-server.ts';

/** Of the snapshot, in the rehearsal's folder. */
export const SNAPSHOT_FOLDER = 'snapshot';

/** rehearsal.yaml of a server's database. @param scale share of its rows that are made, above 0 and up to 1 */
export function serverYaml({ name, withRows }: AskedOfServer, facts: SnapshotFacts, scale: number): string {
  return yamlOf({
    name,
    snapshot: withRows ? takenRows() : madeRows(facts, scale),
    rate: rateOf(facts),
    versions: '{ app: workload/app }',
    plan: `
  # What the release does, such as
  # - { phase: expand, name: add the column, sql: add-column.sql }
  - { phase: expand, name: nothing yet, soak: 10s } # guess: nothing is released yet; write the steps of your release in place of this one
`,
  });
}

function takenRows(): string {
  return `snapshot: { source: ${SNAPSHOT_FOLDER} } # guess: rows as they are in production, none of them masked (docs/masking.md)`;
}

function madeRows({ database }: SnapshotFacts, scale: number): string {
  const share =
    scale === 1
      ? { yaml: '', guess: 'as many rows as in production' }
      : {
          yaml: `, scale: ${scale}`,
          guess: `this share of production’s rows, which take ${formatBytes(database.bytes)} there`,
        };
  return `# Made by the schema and the statistics of production (docs/snapshots.md#synthetic-data); none of its rows are in the folder.
snapshot: { synthesize: ${SNAPSHOT_FOLDER}${share.yaml} } # guess: ${share.guess}`;
}

function rateOf({ activity }: SnapshotFacts): string {
  return activity === null || activity.transactionsPerSec < 1
    ? '100/s # guess: requests that the app gets in a second'
    : `${Math.round(activity.transactionsPerSec)}/s # guess: transactions of production in a second, over ${activity.during}`;
}
