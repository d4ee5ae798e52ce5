import { join } from 'node:path';
import { targetsInto } from '../../scripts/plan/read/settings/read-targets.ts';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';
import { PROJECT_ROOT } from '../project-root.ts';

/** How `rehearse` is started: everything before its verb, and where. */
export interface RehearseCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute; relative paths in arguments and outputs start here. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** npm's words about the package and the caller's folder would make `rehearse` take our paths for the caller's. */
const NOT_PASSED_ON = new Set(['npm_package_json', 'npm_lifecycle_event', 'INIT_CWD', 'FORCE_COLOR']);

/** The same, told what the stack says of targets: JSON, as in the resource's inputs. */
export function withTargets(command: RehearseCommand, targets: string | undefined): RehearseCommand {
  return { ...command, env: targetsInto(command.env, targets) };
}

/** Our own command line. It watches this process and tears down when that is gone, whatever ended it. */
export function rehearseCommand(env: NodeJS.ProcessEnv = process.env): RehearseCommand {
  const kept = Object.entries(env).filter(([name]) => !NOT_PASSED_ON.has(name));
  return {
    file: process.execPath,
    args: [join(OWN_ROOT, 'scripts/setup/rehearse.mjs')],
    cwd: PROJECT_ROOT,
    env: { ...Object.fromEntries(kept), NO_COLOR: '1', REHEARSE_PARENT_PID: String(process.pid) },
  };
}
