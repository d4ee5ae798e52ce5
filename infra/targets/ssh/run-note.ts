import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sshSchema, type SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import { sessionFolderOf, sessionFolders } from '../../pulumi/session-folder.ts';

const FILE = 'own-hosts.json';
const noteSchema = z.object({ settings: sshSchema, port: z.int() });

/** What has to be known of a run whose process has died: where its hosts are, and at which port its server listens. */
type RunNote = Readonly<z.output<typeof noteSchema>>;

/** @param folder the target's own of the session */
export async function writeNote(folder: string, note: RunNote): Promise<void> {
  await writeFile(join(folder, FILE), JSON.stringify(note), { mode: 0o600 });
}

/** Of a run of this machine; undefined where there is none. */
export async function noteOf(runId: string): Promise<RunNote | undefined> {
  return readNote((await sessionFolderOf(runId)).software);
}

/** The settings of every run that this machine knows of. */
export async function notedSettings(): Promise<SshSettings[]> {
  const notes = await Promise.all((await sessionFolders()).map(({ software }) => readNote(software)));
  return notes.flatMap((note) => (note === undefined ? [] : [note.settings]));
}

async function readNote(folder: string): Promise<RunNote | undefined> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}
