import { createHash } from 'node:crypto';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { RunFolder, type StreamName } from '../../../scripts/artifacts/run-folder.ts';
import { sealRun } from '../../../scripts/artifacts/seal.ts';
import { REQUEST_COLUMNS } from '../../../scripts/artifacts/records/records.ts';
import { evidence, request, runRecord, waitRecord } from '../../../scripts/checks/evidence/evidence-fixture.ts';

const PLAN = 'alter table customers alter column name set not null;\n';

/** A run folder of every kind of file that is judged to be a pass, sealed as a run seals it. */
export async function passingRun(path: string, runId = 'sample-20261122-021407-9f3a'): Promise<RunFolder> {
  const parts = evidence();
  const folder = await RunFolder.create(path);
  if (parts.environment) await folder.writeDocument('environment', parts.environment);
  if (parts.snapshot) await folder.writeDocument('snapshot', parts.snapshot);
  const header = { type: 'header', columns: REQUEST_COLUMNS, versions: ['old'], scripts: [['read']] };
  const rows = Array.from({ length: 300 }, (_, row) => request(3000 + row * 10, 3001 + row * 10));
  const streams: Partial<Record<StreamName, readonly unknown[] | undefined>> = {
    steps: parts.steps,
    locks: [],
    load: parts.load,
    compatibility: parts.compatibility,
    requests: [header, ...rows],
    waits: [waitRecord({ tMs: 5010, sinceMs: 5008 })],
    server: [{ tMs: 1000, walBytes: 0, databaseBytes: 1, replayLagMs: null, replayLagBytes: null }],
    probes: parts.probes,
  };
  for (const [name, records = []] of Object.entries(streams)) {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    await appendFile(folder.streamPath(name as StreamName), lines.join(''));
  }
  await mkdir(folder.file('plan', 'sql'));
  await writeFile(folder.file('plan', 'sql', 'alter.sql'), PLAN);
  const sums = `${sha256(PLAN)}  sql/alter.sql\n`;
  await writeFile(folder.file('plan', 'SHA256SUMS'), sums);
  await mkdir(folder.file('private'));
  await writeFile(folder.file('private', 'output.txt'), 'what a tool said\n');
  await sealRun(
    folder,
    runRecord({ runId, planSha256: sha256(sums), budgets: { lockWaitMs: 500, errors: 0 } }),
  );
  return folder;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
