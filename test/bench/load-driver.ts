import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseWorkload, type ParsedScript } from '../../scripts/load/scripts/parse-workload.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import type { Slice, ToSlices } from './load-slices.ts';

const PROGRAM = fileURLToPath(new URL('./load-slices.ts', import.meta.url));

export interface Measured {
  readonly tps: number;
  /** Processor time of the client side for one transaction. */
  readonly cpuUs: number;
}

export function benchScript(name: string, text: string): ParsedScript {
  const parsed = parseWorkload({ name, path: `${name}.sql`, text }, `${name}.sql`);
  if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.script;
}

/** One or more of the load's processes in a closed loop, with the clients shared out among them. */
export class LoadDriver {
  readonly #programs: ChildProcess[] = [];

  async open(endpoint: PgEndpoint, script: ParsedScript, clients: number, processes: number): Promise<void> {
    // BENCH_PROFILE names a folder for profiles of the processor's time.
    const profile = process.env['BENCH_PROFILE'];
    const profiling = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
    for (let count = 0; count < processes; count++) {
      const execArgv = ['--import', 'tsx', ...profiling];
      const program = fork(PROGRAM, { execArgv, serialization: 'advanced' });
      this.#programs.push(program);
      await ask(program, { type: 'open', endpoint, script, connections: clients / processes });
    }
  }

  async slice(ms: number): Promise<Measured> {
    const slices = await Promise.all(
      this.#programs.map(async (program) => (await ask(program, { type: 'slice', ms })) as Slice),
    );
    const tps = slices.reduce((sum, slice) => sum + slice.tps, 0);
    const busy = slices.reduce((sum, slice) => sum + (slice.userMs + slice.systemMs) / slice.ms, 0);
    return { tps, cpuUs: (busy * 1e6) / tps };
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#programs.map(async (program) => {
        const exited = once(program, 'exit');
        program.send({ type: 'close' } satisfies ToSlices);
        await exited;
      }),
    );
  }
}

async function ask(program: ChildProcess, order: ToSlices): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  const ended = once(program, 'exit', { signal }).then(() =>
    Promise.reject(new Error('the load process ended')),
  );
  ended.catch(() => undefined); // the race reports it; after the race nobody waits for it
  const answered = once(program, 'message', { signal });
  program.send(order);
  try {
    const [answer] = (await Promise.race([answered, ended])) as [unknown];
    return answer;
  } finally {
    done.abort();
  }
}
