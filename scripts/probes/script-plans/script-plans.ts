import type { ScriptPlan } from '../../artifacts/records/of-plan/dependency-records.ts';
import type { Command, SqlCommand } from '../../load/scripts/script.ts';
import type { PgClient } from '../../pg/client.ts';
import { monotonicMs } from '../../shared/clock.ts';
import type { VersionScripts } from '../compatibility.ts';
import { genericPlan, PLAN_CACHE_MODE_SINCE } from './explain.ts';

/** Whatever is not explained by then is left as it was known: the plan must not wait for a look. */
const LONGEST_LOOK_MS = 3_000;

/** How the app's scripts would be run by the server, as far as that changes from look to look. */
export class ScriptPlans {
  /** Texts of the plans by statement. */
  readonly #known = new Map<string, string>();

  /**
   * @param client of the app's role, with its search_path
   * @returns plans that are new or other than before
   */
  async look(client: PgClient, versions: readonly VersionScripts[]): Promise<ScriptPlan[]> {
    const { rows } = await client.query<{ version: number }>(
      `select pg_catalog.current_setting('server_version_num')::int as version`,
    );
    const version = rows[0]?.version ?? 0;
    if (version < PLAN_CACHE_MODE_SINCE) return [];
    await client.query('set plan_cache_mode = force_generic_plan');
    return this.#changed(client, version, versions);
  }

  async #changed(
    client: PgClient,
    server: number,
    versions: readonly VersionScripts[],
  ): Promise<ScriptPlan[]> {
    const untilMs = monotonicMs() + LONGEST_LOOK_MS;
    const changed: ScriptPlan[] = [];
    for (const { version, script, command } of statementsOf(versions)) {
      if (monotonicMs() > untilMs) break;
      const key = JSON.stringify([version, script, command.index]);
      const shape = await genericPlan(client, command, server);
      if (shape === undefined || this.#known.get(key) === shape.text) continue;
      this.#known.set(key, shape.text);
      changed.push({ version, script, statement: command.index + 1, line: command.line, ...shape });
    }
    return changed;
  }
}

function statementsOf(
  versions: readonly VersionScripts[],
): { version: string; script: string; command: SqlCommand }[] {
  return versions.flatMap(({ name: version, scripts }) =>
    scripts.flatMap(({ name: script, commands }) =>
      sqlOf(commands).map((command) => ({ version, script, command })),
    ),
  );
}

function sqlOf(commands: readonly Command[]): SqlCommand[] {
  return commands.flatMap((command) => {
    if (command.kind === 'if') return command.branches.flatMap(({ commands: own }) => sqlOf(own));
    return command.kind === 'sql' && command.transaction === undefined ? [command] : [];
  });
}
