import { constants } from 'node:fs';
import { access, mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { IS_PACKAGE, OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';
import { PRIVATE_FOLDER } from '../../scripts/shared/places/user-project.ts';

/** Where all that this machine keeps of one run lies. All of it goes away with the run. */
export interface SessionFolder {
  readonly path: string;
  readonly runId: string;
  /** The key pair of the run, and the passphrase that the stack's secrets are encrypted with. */
  readonly privateKey: string;
  readonly publicKey: string;
  readonly passphrase: string;
  readonly knownHosts: string;
  /** The engine's project folder, its home, and the state of the stack where no other backend was chosen. */
  readonly work: string;
  readonly home: string;
  readonly state: string;
  readonly standbyTool: string;
  /** What a target makes for its hosts, such as a readable copy of PostgreSQL. */
  readonly software: string;
  readonly scratch: string;
}

/** Below the checkout; where there is none or it cannot be written, below the user's state folder. */
export async function sessionFolderOf(runId: string): Promise<SessionFolder> {
  for (const root of sessionRoots()) {
    if (await exists(join(root, runId))) return sessionFolderAt(root, runId);
  }
  const isHere = !IS_PACKAGE && (await isWritable(OWN_ROOT));
  return sessionFolderAt(isHere ? inCheckout() : ofUser(), runId);
}

/** Everything that lies where session folders do. */
export async function sessionFolders(): Promise<SessionFolder[]> {
  const found: SessionFolder[] = [];
  for (const root of sessionRoots()) {
    const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
    found.push(...entries.map(({ name }) => sessionFolderAt(root, name)));
  }
  return found;
}

/** Makes what lies inside the folder, for this user's eyes only. What is there already stays as it is. */
export async function fillSessionFolder(folder: SessionFolder): Promise<void> {
  for (const path of [folder.work, folder.home, folder.state, folder.software, folder.scratch]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
}

/** What is installed may be thrown away while hosts are up, and what they go by with it: the package has none of its own. */
function sessionRoots(): string[] {
  return IS_PACKAGE ? [ofUser()] : [inCheckout(), ofUser()];
}

function inCheckout(): string {
  return join(OWN_ROOT, PRIVATE_FOLDER, 'runs');
}

function ofUser(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'dress-rehearsal', 'runs');
}

function sessionFolderAt(root: string, runId: string): SessionFolder {
  const path = join(root, runId);
  return {
    path,
    runId,
    privateKey: join(path, 'id_ed25519'),
    publicKey: join(path, 'id_ed25519.pub'),
    passphrase: join(path, 'passphrase'),
    knownHosts: join(path, 'known_hosts'),
    work: join(path, 'work'),
    home: join(path, 'home'),
    state: join(path, 'state'),
    standbyTool: join(path, 'standby-tool.mjs'),
    software: join(path, 'software'),
    scratch: join(path, 'scratch'),
  };
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
