import { lstat, readFile } from 'node:fs/promises';
import type { RunRecord } from '../../artifacts/records/records.ts';
import type { RunFolder } from '../../artifacts/run-folder.ts';
import { sealMistakes } from '../../artifacts/seal.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { damaged } from '../../artifacts/damaged.ts';
import { recordMistake } from '../../artifacts/registry.ts';
import { listed } from '../wording.ts';

/** A run.json or result.json is a few MB at most. */
const LONGEST_DOCUMENT_BYTES = 128 * 2 ** 20;
const MOST_NAMED = 8;

/**
 * Makes sure that the evidence is what the run left, before anything else of it is read. A folder without a seal is only looked
 * at for what cannot be read, such as pipes and links.
 * @throws RUN_INVALID naming every file that is missing, cut, changed, or of another run
 */
export async function requireWhole(folder: RunFolder): Promise<void> {
  const { whole } = folder;
  const text = await smallText(whole.file('artifacts', 'run.json'));
  if (text === undefined) throw damaged('run.json', 'it is not a file, or far too long');
  const record = parsed(text);
  const mistake = record === undefined ? 'it is not JSON' : recordMistake('run', record);
  if (mistake !== undefined) throw damaged('run.json', mistake);
  const run = record as RunRecord;
  const mistakes = [...(await sealMistakes(whole.path, text, run)), ...(await otherResult(whole, run))];
  if (mistakes.length === 0) return;
  throw new RehearsalError(
    'RUN_INVALID',
    `the evidence is not what the run left: ${listed(mistakes, MOST_NAMED)}`,
    {
      hint: 'copy the whole run folder once more from where it was made, or rehearse again; nothing can be judged from a part of it, or from what was edited',
    },
  );
}

/** The result that lies there names the evidence that it was judged from. */
async function otherResult(whole: RunFolder, { seal }: RunRecord): Promise<string[]> {
  const text = await smallText(whole.file('result.json'));
  const result = text === undefined ? undefined : parsed(text);
  if (seal === undefined || typeof result !== 'object' || result === null) return [];
  const { evidenceSha256 } = result as Record<string, unknown>;
  if (typeof evidenceSha256 !== 'string' || evidenceSha256 === seal.sha256) return [];
  return ['result.json is of other evidence than artifacts/run.json'];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Undefined where it is missing, no regular file, or too long. */
async function smallText(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > LONGEST_DOCUMENT_BYTES) return undefined;
  return readFile(path, 'utf8');
}
