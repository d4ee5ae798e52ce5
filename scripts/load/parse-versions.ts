import type { LoadSpec } from '../plan/model.ts';
import { InputError, type Mistake } from '../shared/errors.ts';
import { parseWorkload } from './parse-workload.ts';
import type { ParsedScript } from './script.ts';
import type { Version } from './traffic-mix.ts';

/**
 * Reads the scripts of every app version, in order of rollout.
 * @param shownPath how messages name a script's absolute path
 * @throws InputError with all mistakes of all scripts
 */
export function parseVersions(
  { versions }: Pick<LoadSpec, 'versions'>,
  shownPath: (path: string) => string,
): Version[] {
  const mistakes: Mistake[] = [];
  const parsed: Version[] = [];
  for (const version of versions) {
    const scripts: ParsedScript[] = [];
    for (const script of version.scripts) {
      const file = shownPath(script.path);
      const result = parseWorkload(script, file);
      if ('mistakes' in result) {
        mistakes.push(...result.mistakes);
        continue;
      }
      const twin = scripts.find(({ name }) => name === result.script.name);
      if (twin) {
        mistakes.push({ file, key: '', message: `has the name "${twin.name}", and so has ${twin.file}` });
      }
      scripts.push(result.script);
    }
    if (version.scripts.length === 0) {
      const message = `app version ${version.name} has no workload script (*.sql)`;
      mistakes.push({ file: shownPath(version.dir), key: '', message });
    }
    parsed.push({ name: version.name, scripts });
  }
  if (mistakes.length > 0) throw new InputError(mistakes);
  return parsed;
}
