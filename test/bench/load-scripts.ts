import { ACCOUNTS } from './support/pgbench.ts';

/** pgbench's own scripts (`-S` and `-N`), with the scale written out: both rivals read the same file. */
export function benchScripts(scale: number): Record<'SimpleUpdate' | 'SelectOnly', string> {
  return {
    SimpleUpdate: String.raw`\set aid random(1, ${ACCOUNTS} * ${scale})
\set bid random(1, 1 * ${scale})
\set tid random(1, 10 * ${scale})
\set delta random(-5000, 5000)
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
END;
`,
    SelectOnly: String.raw`\set aid random(1, ${ACCOUNTS} * ${scale})
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
`,
  };
}
