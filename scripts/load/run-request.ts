import { sleep } from '../shared/clock.ts';
import type { AppConnection } from './app-connection.ts';
import { defaultSeed, initialVariables, type SamplePools } from './draw.ts';
import { Random } from './random.ts';
import { runCommands, type SqlResult } from './run-commands.ts';
import { SCRIPT_SQLSTATE } from './script-error.ts';
import type { SqlCommand } from './script.ts';
import type { Choice, Version } from './traffic-mix.ts';

/** What all requests of a run have in common. */
export class RequestRunner {
  readonly #versions: readonly Version[];
  readonly #pools: SamplePools;
  readonly #seed: number;
  readonly #defaultSeed: bigint;
  readonly #signal: AbortSignal;

  constructor(versions: readonly Version[], pools: SamplePools, seed: number, signal: AbortSignal) {
    this.#versions = versions;
    this.#pools = pools;
    this.#seed = seed;
    this.#defaultSeed = defaultSeed(seed);
    this.#signal = signal;
  }

  /**
   * Runs one script on a connection and leaves the connection clean; an error of the script is its outcome.
   * The variables depend on the seed and the request's number alone.
   */
  async run(choice: Choice, connection: AppConnection, clientId: number): Promise<0 | string> {
    const script = this.#versions[choice.version]?.scripts[choice.script];
    if (!script) throw new Error(`no script ${choice.version}/${choice.script}`);
    const random = new Random(this.#seed, 'variables', choice.number);
    const preset = { seed: this.#seed, defaultSeed: this.#defaultSeed, clientId };
    const query = (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> =>
      connection.execute(`v${choice.version}s${choice.script}q${command.index}`, command.text, values);
    try {
      await runCommands(script.commands, {
        variables: initialVariables(script, this.#pools, random, preset),
        random,
        query,
        pause: (ms) => sleep(ms, this.#signal),
      });
      if (!connection.inTransaction) return 0;
      await connection.recover();
      return SCRIPT_SQLSTATE.openTransaction;
    } catch (error) {
      if (this.#signal.aborted) return 'unfinished';
      return this.#recovered(connection, connection.outcomeOf(error));
    }
  }

  async #recovered(connection: AppConnection, outcome: string): Promise<string> {
    if (outcome === 'lost') return outcome;
    try {
      await connection.recover();
      return outcome;
    } catch (error) {
      connection.outcomeOf(error);
      return 'lost'; // a connection that cannot even roll back is of no use
    }
  }
}
