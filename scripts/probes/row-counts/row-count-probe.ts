import type { RowCountChange } from '../../artifacts/records/of-plan/dependency-records.ts';
import type { SchemaRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { countRows, type RowCounts } from '../../load/count-rows.ts';
import type { SamplePools } from '../../load/traffic/samples.ts';
import type { Command, ParsedScript, SqlCommand } from '../../load/scripts/script.ts';
import type { PgClient } from '../../pg/client.ts';
import type { Step } from '../../plan/model.ts';
import { monotonicMs } from '../../shared/clock.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { asApp, type AppScripts } from '../app-sessions.ts';
import { rowChanges } from './row-changes.ts';

interface RowCountSetup {
  readonly app: AppScripts;
  readonly pools: SamplePools;
  readonly seed: number;
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
}

const DRAWS = 4;
/** What is not counted by then is not compared: the plan must not wait for it. */
const LONGEST_LOOK_MS = 2_000;
/** Steps that can change what a query finds; the others only move traffic, wait or look. */
const CHANGING: ReadonlySet<Step['kind']> = new Set(['sql', 'command', 'backfill']);

interface Counted {
  readonly version: string;
  readonly script: ParsedScript;
  readonly before: readonly (RowCounts | undefined)[];
}

/** Runs scripts with the same values right before and right behind a step, and compares how many rows they find. */
export class RowCountProbe {
  readonly #setup: RowCountSetup;
  #counted: Counted[] = [];

  constructor(setup: RowCountSetup) {
    this.#setup = setup;
  }

  async before({ kind }: Step, signal: AbortSignal): Promise<void> {
    this.#counted = [];
    if (!CHANGING.has(kind)) return;
    const untilMs = monotonicMs() + LONGEST_LOOK_MS;
    await asApp(
      this.#setup.app,
      async (client, own) => {
        for (const { name: version, scripts } of own) {
          for (const script of scripts) {
            if (monotonicMs() > untilMs) return;
            const before: (RowCounts | undefined)[] = [];
            for (let draw = 0; draw < DRAWS; draw++) before.push(await this.#count(client, script, draw));
            this.#counted.push({ version, script, before });
          }
        }
      },
      signal,
    );
  }

  /** One draw is enough to see that nothing changed. */
  async after({ name: step }: Step, signal: AbortSignal): Promise<void> {
    const { writer, clock } = this.#setup;
    const changes: RowCountChange[] = [];
    let compared = 0;
    await asApp(
      this.#setup.app,
      async (client, own) => {
        for (const { version, script, before } of this.#counted) {
          if (!own.some(({ name }) => name === version)) continue;
          const after = [await this.#count(client, script, 0)];
          if (before[0] !== undefined && after[0] !== undefined) compared += 1;
          if (isAsBefore(before[0], after[0])) continue;
          for (let draw = 1; draw < DRAWS; draw++) after.push(await this.#count(client, script, draw));
          const found = rowChanges(sqlOf(script.commands), before, after);
          changes.push(...found.map((change) => ({ version, script: script.name, ...change })));
        }
      },
      signal,
    );
    if (compared > 0) writer.write({ type: 'row-counts', step, tMs: clock.now(), compared, changes });
  }

  #count(client: PgClient, script: ParsedScript, number: number): Promise<RowCounts | undefined> {
    const { pools, seed } = this.#setup;
    return countRows(client, script, { pools, seed, number });
  }
}

function isAsBefore(before: RowCounts | undefined, after: RowCounts | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  return [...before].every(([index, was]) => {
    const is = after.get(index) ?? was;
    return was === 0 || (is > 0 && is < 2 * was);
  });
}

function sqlOf(commands: readonly Command[]): SqlCommand[] {
  return commands.flatMap((command) => {
    if (command.kind === 'if') return command.branches.flatMap(({ commands: own }) => sqlOf(own));
    return command.kind === 'sql' && command.transaction === undefined ? [command] : [];
  });
}
