import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plural } from '../../../scripts/shared/text/format.ts';
import { standingOf } from '../../claims/claim.ts';
import { isNamedFor } from '../../claims/claimed-folder.ts';
import type { FoundClaim } from '../../claims/claim-file.ts';
import type { ProcessIdentity } from '../../process-identity.ts';
import type { Leftover, NotOurs } from '../../contract/target.ts';
import { readOwner, type Owner } from './owner-file.ts';
import { processesOf } from './processes.ts';
import { isVisible, REMOVAL_MS, removeRunDir } from './remove-run-dir.ts';
import { PREFIX, runDirAt, type RunDir } from './run-dir.ts';
import { findTraces, tracesNotOurs } from './trace-leftovers.ts';

interface Found {
  readonly dir: RunDir;
  readonly owner: FoundClaim<Owner>;
}

/** What runs of this user have here: folders, processes, and events in the kernel. */
export async function findLeftovers(target: string): Promise<Leftover[]> {
  return [...(await findRunFolders(target)), ...(await findTraces(target))];
}

/** Every run folder in the temporary folder that carries our claim, with the processes that still work in it. */
export async function findRunFolders(target: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { dir, owner } of await runFolders()) {
    if (owner.claim) found.push(...(await leftoversOf(dir, owner.claim, target)));
  }
  return found;
}

/** What is called like a run folder and is none of ours. */
export async function findNotOurs(): Promise<NotOurs[]> {
  const folders = (await runFolders()).flatMap(({ dir, owner }) =>
    owner.notOurs === undefined ? [] : [{ what: dir.path, why: owner.notOurs }],
  );
  return [...folders, ...(await tracesNotOurs())];
}

async function runFolders(): Promise<Found[]> {
  const entries = (await readdir(tmpdir())).filter((entry) => entry.startsWith(PREFIX)).sort();
  return Promise.all(entries.map((entry) => look(join(tmpdir(), entry))));
}

async function look(path: string): Promise<Found> {
  const owner = await readOwner(runDirAt(path, ''));
  const dir = runDirAt(path, owner.claim?.runId ?? '');
  if (owner.claim === undefined || isNamedFor(path, PREFIX, owner.claim.runId)) return { dir, owner };
  return { dir, owner: { notOurs: 'it has been renamed' } };
}

async function leftoversOf(dir: RunDir, owner: Owner, target: string): Promise<Leftover[]> {
  const processes = (await isVisible(owner)) ? await processesOf(dir, owner) : [];
  const common = {
    target,
    runId: dir.runId,
    expiresAt: owner.expiresAt,
    ...(await standingOf(owner)),
    removalMs: REMOVAL_MS,
    remove: () => removeRunDir(dir),
  };
  return [
    ...(processes.length === 0 ? [] : [{ ...common, what: describeProcesses(processes) }]),
    { ...common, what: `folder ${dir.path}` },
  ];
}

function describeProcesses([first, ...others]: readonly ProcessIdentity[]): string {
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'other')}`;
  return `process ${first?.pid ?? 0}${more}`;
}
