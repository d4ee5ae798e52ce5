import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { migrationName } from './order.ts';

export const SQITCH = 'Sqitch';
/** What tells a project of Sqitch's, and the order of its changes; its format stands in `man sqitch-plan`. */
export const SQITCH_PLAN = 'sqitch.plan';

/** For each change, in order, the names that its script may have: one that was reworked behind a tag has `change@tag`. */
function changesOf(plan: string): string[][] {
  const names = plan.split('\n').flatMap((line) => /^\s*([^\s%#]\S*)/.exec(line)?.[1] ?? []);
  return names.flatMap((name, at) => {
    if (name.startsWith('@')) return [];
    const again = names.indexOf(name, at + 1);
    if (again === -1) return [[name]];
    const tags = names.slice(at, again).filter((one) => one.startsWith('@'));
    return [tags.map((tag) => `${name}${tag}`)];
  });
}

/**
 * The scripts of a project of Sqitch's in the order of its plan; those that are not in the plan are never deployed.
 * @param folder of the plan, or the one of the scripts in it; @param shown as messages call it
 * @throws USAGE where a change has no script
 */
export async function asPlanned<T extends { readonly file: string }>(
  scripts: readonly T[],
  folder: string,
  shown: string,
): Promise<T[]> {
  const byName = new Map(scripts.map((script) => [migrationName(script.file), script]));
  const plan = await readFile(join(folder, SQITCH_PLAN), 'utf8').catch(() =>
    readFile(join(dirname(folder), SQITCH_PLAN), 'utf8'),
  );
  return changesOf(plan).map((names) => {
    const script = names.map((name) => byName.get(name)).find((one) => one !== undefined);
    if (script !== undefined) return script;
    throw new RehearsalError(
      'USAGE',
      `${shown} has no deploy/${names[0] ?? ''}.sql, which is in ${SQITCH_PLAN}`,
      {
        hint: 'a folder below deploy/ is not read',
      },
    );
  });
}
