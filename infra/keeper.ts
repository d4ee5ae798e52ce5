import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { withoutForeign } from '../scripts/shared/descriptors.ts';
import { OWN_ROOT } from '../scripts/shared/places/own-files.mjs';
import { OWNER_MARK, RUN_MARK } from '../scripts/shared/run-mark.ts';

const REHEARSE = join(OWN_ROOT, 'scripts/setup/rehearse.mjs');
/** So long what a killed process made stays: time enough to go on with the run by `--resume`. */
const ORPHAN_SECONDS = 60;
/** How often it looks whether somebody else has removed the run. */
const LOOK_SECONDS = 5;
/** Hosts end by themselves at the same moment, and go first. */
const AFTER_HOSTS_SECONDS = 5;
/**
 * Of a shell, which costs next to nothing while it waits: for a word, or for the end of whoever would have said it, and then until
 * the time is over or the run's folder, which goes last, is gone.
 */
const WAIT = `folder=$KEPT_FOLDER
unset KEPT_FOLDER
read -r word seconds || seconds=$0
case $word in done) exit 0 ;; esac
while [ -e "$folder" ] && [ "$seconds" -gt 0 ]; do
  slice=$((seconds < ${LOOK_SECONDS} ? seconds : ${LOOK_SECONDS}))
  sleep "$slice"
  seconds=$((seconds - slice))
done
[ ! -e "$folder" ] || exec "$@"`;
/** The reap that it becomes is of no run, and has no parent to watch. */
const NOT_PASSED_ON = new Set([RUN_MARK, OWNER_MARK, 'REHEARSE_PARENT_PID', 'npm_package_json', 'INIT_CWD']);

/**
 * Outlives this process, and removes what carries the claim of a run once that has ended without doing so: a minute after this
 * process was killed, or when the run has been kept for long enough. What has another owner by then stays.
 */
export class Keeper {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param folder the run's own on this machine, which is there already and the last thing of it that is removed */
  static start(runId: string, folder: string, orphanSeconds = ORPHAN_SECONDS): Keeper {
    const reap = [process.execPath, REHEARSE, 'reap', '--execute', '--run', runId, '--unless-used'];
    const child = spawn('sh', ['-c', WAIT, String(orphanSeconds), ...reap], {
      cwd: '/',
      // Not on its command line: whoever looks there for programs that use the folder would take it for one.
      env: { ...passedOn(), KEPT_FOLDER: folder },
      detached: true,
      stdio: withoutForeign('pipe', 'ignore', 'ignore'),
    });
    // Without one a `rehearse reap` does the same, later.
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    child.unref();
    if (child.stdin instanceof Socket) child.stdin.unref();
    return new Keeper(child);
  }

  /** The run stays until then, although this process ends. */
  keep(until: Date): void {
    const seconds = Math.max(0, Math.ceil((until.getTime() - Date.now()) / 1000)) + AFTER_HOSTS_SECONDS;
    this.#child.stdin?.end(`kept ${seconds}\n`);
  }

  /** Nothing is left to be removed. */
  release(): void {
    this.#child.stdin?.end('done\n');
  }
}

function passedOn(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.has(name)));
}
