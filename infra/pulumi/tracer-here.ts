import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TRACE_WAITS, WAITS_FOLDER } from '../../scripts/tracing/beside/protocol.ts';
import { withTimeout } from '../../scripts/shared/clock.ts';
import { withoutForeign } from '../../scripts/shared/descriptors.ts';
import type { EnvironmentPlan } from '../environment-plan.ts';

const END_MS = 10_000;

/**
 * Traces from this machine the waits of a server under the same kernel. It ends with this process, however that ends; where it
 * cannot be had, the run says so and knows its waits in another way.
 */
export class TracerHere {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = Promise.race([once(child, 'close'), once(child, 'error')]).catch(() => undefined);
    // Its end is this one's stdin; nobody waits for it.
    child.unref();
    child.stdin?.on('error', () => undefined);
  }

  /** @param root where this machine sees the files of the server's host */
  static start({ bundle, software }: Pick<EnvironmentPlan, 'bundle' | 'software'>, root: string): TracerHere {
    const args = [bundle, TRACE_WAITS, join(root, WAITS_FOLDER), programOf(software), 'owned'];
    const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    const [program = '', ...rest] = [...asRoot, process.execPath, ...args];
    // In a session of its own: Ctrl-C is for this process to handle.
    return new TracerHere(
      spawn(program, rest, {
        cwd: '/',
        detached: true,
        stdio: withoutForeign('pipe', 'ignore', 'ignore'),
      }),
    );
  }

  /** Returns when the kernel has nothing of it any more. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await withTimeout(this.#ended, END_MS, 'the end of the tracer').catch(() => this.#child.kill('SIGKILL'));
  }
}

/** The server's program as this machine has it: the hosts see the same file. */
function programOf({ share, postgres }: EnvironmentPlan['software']): string {
  const onHost = join(postgres.binDir, 'postgres');
  const shared = share.find(({ to }) => onHost.startsWith(`${to}/`));
  return shared === undefined ? onHost : join(shared.from, onHost.slice(shared.to.length));
}
