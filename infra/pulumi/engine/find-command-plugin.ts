import { dirname, join } from 'node:path';
import type { EngineFile } from './find-cli.ts';
import { allOnPath, fileOf, isExecutable, realPath, STAND_IN_DIR, type Env } from './places.ts';
import { COMMAND_VERSION } from './versions.ts';

/** What answers for `@pulumi/command`. */
export type CommandPlugin =
  /** `version` is `unknown` where it was found on PATH or beside the CLI. */
  | { readonly kind: 'official'; readonly version: string }
  /** `dir` holds the executable `pulumi-resource-command` and must be on PATH. */
  | { readonly kind: 'stand-in'; readonly dir: string };

const PROGRAM = 'pulumi-resource-command';

/** Where Pulumi itself would look: on PATH, beside the CLI, among the installed plugins; else the stand-in. */
export async function findCommandPlugin(cli: EngineFile, home: string, env: Env): Promise<CommandPlugin> {
  const installed = join(home, 'plugins', `resource-command-v${COMMAND_VERSION}`, fileOf(PROGRAM));
  const places = [
    ...(await allOnPath(PROGRAM, env)),
    join(dirname(cli.path), fileOf(PROGRAM)),
    join(dirname(await realPath(cli.path)), fileOf(PROGRAM)),
    installed,
  ];
  const standIn = await realPath(STAND_IN_DIR);
  for (const path of places) {
    if (!(await isExecutable(path)) || dirname(await realPath(path)) === standIn) continue;
    return { kind: 'official', version: path === installed ? COMMAND_VERSION : 'unknown' };
  }
  return { kind: 'stand-in', dir: STAND_IN_DIR };
}
