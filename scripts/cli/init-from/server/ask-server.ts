import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InputError, type Mistake } from '../../../shared/errors.ts';
import { REHEARSALS_FOLDER } from '../../../shared/places/user-project.ts';
import { liveServer } from '../../../snapshot/sources/postgres/live-server.ts';
import { databaseOf } from '../../named-database.ts';
import { NAME, type InitFromOptions } from '../ask.ts';

/** What was asked for of a server, without a mistake. */
export interface AskedOfServer {
  readonly name: string;
  /** Absolute; not there yet. */
  readonly dir: string;
  /** May hold a password. */
  readonly url: URL;
  /** The server without user and password. */
  readonly shown: string;
  readonly withRows: boolean;
}

export type InitFromServerOptions = InitFromOptions & { readonly data?: true };

/** @throws USAGE of what is no server, InputError with every other mistake; nothing was written */
export function readAskedOfServer(
  name: string | undefined,
  { from, data, ...others }: InitFromServerOptions,
  { cwd, root, env }: { readonly cwd: string; readonly root: string; readonly env: NodeJS.ProcessEnv },
): AskedOfServer {
  const url = databaseOf(from, env);
  const { shown, database } = liveServer(url, env);
  const mistakes = Object.keys(others).map((key): Mistake => ({
    file: 'init',
    key: `--${key}`,
    message: 'is for --from with the folder of migrations, and this is a server',
  }));
  const chosen = name ?? nameAfter(database);
  const dir = join(root, REHEARSALS_FOLDER, chosen);
  const mistake = (key: string, message: string): void => void mistakes.push({ file: 'init', key, message });
  if (!NAME.test(chosen))
    mistake(chosen, 'is not a name for a rehearsal; use small letters, digits and dashes');
  else if (existsSync(dir))
    mistake(relative(cwd, dir), 'is there already; take another name: rehearse init <name>');
  if (mistakes.length > 0) throw new InputError(mistakes);
  return { name: chosen, dir, url, shown, withRows: data === true };
}

/** `Shop_EU` → `shop-eu` */
function nameAfter(database: string): string {
  const words = database.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return words.slice(0, 63).replace(/^-+|-+$/g, '') || 'production';
}
