import { compileScript, type Step } from './compile-script.ts';
import { defaultSeed, initialVariables, type SamplePools } from './draw.ts';
import { Random } from './random.ts';
import type { RunScope } from './script-cursor.ts';
import type { Command, ParsedScript, SqlCommand } from './script.ts';
import type { Choice, Version } from './traffic-mix.ts';
import { wireStatement, type WireStatement } from './wire/frontend.ts';

/** A script that is ready to be run. */
export interface WireScript {
  readonly script: ParsedScript;
  readonly steps: readonly Step[];
  /** By the index of an SQL command. */
  readonly statements: readonly WireStatement[];
}

/** What all requests of a load have in common. */
export class Workload {
  readonly #scripts: readonly (readonly WireScript[])[];
  readonly #pools: SamplePools;
  readonly #seed: number;
  readonly #defaultSeed: bigint;

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
    this.#defaultSeed = defaultSeed(seed);
  }

  scriptOf({ version, script }: Choice): WireScript {
    const found = this.#scripts[version]?.[script];
    if (!found) throw new Error(`no script ${version}/${script}`);
    return found;
  }

  /**
   * Variables and random numbers of one request. They depend on the seed and the request's number alone.
   * @param purpose keeps what is drawn before the run from shifting what the run draws
   */
  scopeOf(script: ParsedScript, number: number, clientId: number, purpose: string): RunScope {
    const random = new Random(this.#seed, purpose, number);
    const preset = { seed: this.#seed, defaultSeed: this.#defaultSeed, clientId };
    return { random, variables: initialVariables(script, this.#pools, random, preset) };
  }
}

/** The statements of a script in the order of their indexes. */
function statementsOf(commands: readonly Command[]): SqlCommand[] {
  return commands.flatMap((command) => {
    if (command.kind === 'if') return command.branches.flatMap((branch) => statementsOf(branch.commands));
    return command.kind === 'sql' ? [command] : [];
  });
}
