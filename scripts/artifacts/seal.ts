import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evidenceFiles } from './evidence-files.ts';
import type { RunRecord } from './records/records.ts';
import { documentText, type RunFolder } from './run-folder.ts';
import type { Seal, SealedFile } from './records/of-run/seal-record.ts';

const RUN_JSON = 'artifacts/run.json';
const PLAN_SUMS = 'plan/SHA256SUMS';
const SHA256_DIGITS = 64;
const PRIVATE = /^((playings|performances)\/[^/]+\/)?private\//;
const NEWLINE = 0x0a;

/** Writes run.json as it stays, with the seal over everything else that the run left. Nothing may be written behind it. */
export async function sealRun(folder: RunFolder, record: RunRecord): Promise<void> {
  const body = unsealed(record);
  const files: SealedFile[] = [];
  for (const { path, oddity } of await evidenceFiles(folder.path)) {
    if (path === RUN_JSON || oddity !== undefined) continue;
    files.push({ path, ...(await sumsOf(join(folder.path, path), path.endsWith('.ndjson'))) });
  }
  await folder.writeDocument('run', { ...body, seal: { files, sha256: chained(body, files) } });
}

/**
 * Where a run's evidence is not what its seal tells, as clauses such as `artifacts/locks.ndjson is missing`; none = it is whole.
 * @param runText run.json as it is now, and `record` what it says
 */
export async function sealMistakes(runPath: string, runText: string, record: RunRecord): Promise<string[]> {
  const { seal } = record;
  const files = (await evidenceFiles(runPath)).filter(({ path }) => path !== RUN_JSON);
  const odd = files.flatMap(({ path, oddity }) => (oddity === undefined ? [] : [`${path} ${oddity}`]));
  if (odd.length > 0 || seal === undefined) return odd;
  const isOwn = chained(unsealed(record), seal.files) === seal.sha256 && runText === documentText(record);
  const told = new Map(seal.files.map((file) => [file.path, file]));
  const there = new Map(files.map((file) => [file.path, file]));
  const mistakes = isOwn ? [] : [`${RUN_JSON} was changed`];
  for (const [path, file] of told) {
    const sizeBytes = there.get(path)?.sizeBytes;
    if (sizeBytes === undefined && PRIVATE.test(path)) continue; // what may hold values stays behind when a folder is shared
    const what =
      sizeBytes === undefined ? 'is missing' : await difference(join(runPath, path), sizeBytes, file);
    if (what !== undefined) mistakes.push(`${path} ${what}`);
  }
  for (const path of there.keys()) if (!told.has(path)) mistakes.push(`${path} is not of this run`);
  return mistakes.length > 0 ? mistakes : planMistakes(runPath, record, told);
}

/** The plan must be the one whose hash was taken before the first statement. */
async function planMistakes(
  runPath: string,
  { planSha256 }: RunRecord,
  sealed: ReadonlyMap<string, SealedFile>,
): Promise<string[]> {
  const sums = sealed.get(PLAN_SUMS);
  if (sums === undefined) return [];
  if (sums.sha256 !== planSha256) return [`${PLAN_SUMS} is of another plan than ${RUN_JSON}`];
  const lines = (await readFile(join(runPath, PLAN_SUMS), 'utf8')).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const path = `plan/${line.slice(SHA256_DIGITS).trimStart()}`;
    return sealed.get(path)?.sha256 === line.slice(0, SHA256_DIGITS)
      ? []
      : [`${path} is not what was rehearsed`];
  });
}

function unsealed(record: RunRecord): RunRecord {
  const { seal, ...body } = record;
  return seal === undefined ? record : body;
}

/** Each link holds the one before it and one more entry. */
function chained(body: RunRecord, files: Seal['files']): string {
  return files.reduce(
    (before, { path, records, sizeBytes, sha256 }) =>
      sha256Of(JSON.stringify([before, path, records, sizeBytes, sha256])),
    sha256Of(documentText(body)),
  );
}

/** A file of another size is not read to its end: it may be of any. */
async function difference(path: string, sizeBytes: number, sealed: SealedFile): Promise<string | undefined> {
  if (sizeBytes === 0 && sealed.sizeBytes > 0) return `is empty; the run left ${amount(sealed)}`;
  if (sizeBytes !== sealed.sizeBytes)
    return `has ${sizeBytes} bytes where the run left ${amount(sealed)} in ${sealed.sizeBytes}`;
  const { sha256 } = await sumsOf(path, false);
  return sha256 === sealed.sha256 ? undefined : 'was changed';
}

function amount({ records, sizeBytes }: SealedFile): string {
  return records === null ? `${sizeBytes} bytes` : `${records} ${records === 1 ? 'record' : 'records'}`;
}

async function sumsOf(path: string, isStream: boolean): Promise<Omit<SealedFile, 'path'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let records = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    sizeBytes += bytes.length;
    if (isStream)
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) records += 1;
  }
  return { records: isStream ? records : null, sizeBytes, sha256: hash.digest('hex') };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
