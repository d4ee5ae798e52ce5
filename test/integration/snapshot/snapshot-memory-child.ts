import { restoreSnapshot } from '../../../scripts/snapshot/restore.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';

/** Restores a file into a database, and prints how much memory this process took at most. */
const [path = '', dir = '', endpoint = '{}'] = process.argv.slice(2);
const { tables } = await restoreSnapshot({
  environment: {},
  enclose: null,
  source: { kind: 'file', path },
  dir,
  endpoint: JSON.parse(endpoint) as PgEndpoint,
  settings: [],
  jobs: 1,
  scratchDir: dir,
  signal: AbortSignal.timeout(100_000),
  onProgress: () => undefined,
});
const rssBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ rows: tables[0]?.rows, rssBytes })}\n`);
