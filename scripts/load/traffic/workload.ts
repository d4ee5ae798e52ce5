import { compileScript, variablesRead, type Step } from '../scripts/compile-script.ts';
import { initialVariables, presets, type SamplePools } from './draw.ts';
import { Random } from '../chance/random.ts';
import type { RunScope } from '../scripts/script-cursor.ts';
import type { Command, ParsedScript, SqlCommand, Version } from '../scripts/script.ts';
import type { Choice } from './traffic-mix.ts';
import { wireStatement, type WireStatement } from '../wire/frontend.ts';

/** A script that is ready to be run by one client. */
export interface ClientScript {
  readonly steps: readonly Step[];
  /** By the index of an SQL command. */
  readonly statements: readonly WireStatement[];
  readonly script: ParsedScript;
  /** Of the variables that every script has, those that this one reads. */
  readonly presets: readonly (readonly [name: string, value: bigint])[];
}

/** What all requests of a load have in common. */
export class Workload {
  readonly #scripts: readonly (readonly Omit<ClientScript, 'presets'>[])[];
  readonly #pools: SamplePools;
  readonly #seed: number;

  constructor(versions: readonly Version[], pools: SamplePools, seed: number) {
    let id = 0;
    this.#scripts = versions.map(({ scripts }) =>
      scripts.map((script) => ({
        script,
        steps: compileScript(script.commands),
        statements: statementsOf(script.commands).map(({ text, parameters, gsetPrefix }) =>
          wireStatement(id++, text, parameters.length, gsetPrefix !== undefined),
        ),
      })),
    );
    this.#pools = pools;
    this.#seed = seed;
  }

  /** By version and script, for one of the clients. */
  forClient(clientId: number): readonly (readonly ClientScript[])[] {
    const all = presets(this.#seed, clientId);
    return this.#scripts.map((scripts) =>
      scripts.map((script) => {
        const read = variablesRead(script.steps);
        return { ...script, presets: all.filter(([name]) => read.has(name)) };
      }),
    );
  }

  /**
   * Variables and random numbers of one request. They depend on the seed, the client and the request's number alone.
   * @param purpose keeps what is drawn before the run from shifting what the run draws
   */
  scopeOf({ script, presets }: ClientScript, { number }: Choice, purpose: string): RunScope {
    const random = new Random(this.#seed, purpose, number);
    return { random, variables: initialVariables(script, this.#pools, random, presets) };
  }
}

/** The statements of a script in the order of their indexes. */
function statementsOf(commands: readonly Command[]): SqlCommand[] {
  return commands.flatMap((command) => {
    if (command.kind === 'if') return command.branches.flatMap((branch) => statementsOf(branch.commands));
    return command.kind === 'sql' ? [command] : [];
  });
}
