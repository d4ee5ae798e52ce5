import type { AppVersion, LoadSpec, WorkloadScript } from '../../plan/model.ts';
import { InputError, type Mistake } from '../../shared/errors.ts';
import { parseWorkload } from './parse-workload.ts';
import type { ParsedScript, Version } from './script.ts';

/**
 * Reads the scripts of every app version, in order of rollout.
 * @param shownPath how messages name a script's absolute path
 * @throws InputError with all mistakes of all scripts
 */
export function parseVersions(
  { versions }: Pick<LoadSpec, 'versions'>,
  shownPath: (path: string) => string,
): Version[] {
  const { parsed, mistakes } = readAll(versions, shownPath);
  for (const { name, dir, scripts } of versions) {
    const message = `app version ${name} has no workload script (*.sql)`;
    if (scripts.length === 0) mistakes.push({ file: shownPath(dir), key: '', message });
  }
  if (mistakes.length > 0) throw new InputError(mistakes);
  return parsed;
}

/** Every mistake in the scripts that are there. */
export function workloadMistakes(
  versions: readonly AppVersion[],
  shownPath: (path: string) => string,
): readonly Mistake[] {
  return readAll(versions, shownPath).mistakes;
}

const parses = new WeakMap<WorkloadScript, { readonly file: string; readonly result: Parsed }>();
type Parsed = ReturnType<typeof parseWorkload>;

/** The same script is asked for when a rehearsal is checked and when it is played. */
function parsedOnce(script: WorkloadScript, file: string): Parsed {
  const known = parses.get(script);
  if (known?.file === file) return known.result;
  const result = parseWorkload(script, file);
  parses.set(script, { file, result });
  return result;
}

function readAll(
  versions: readonly AppVersion[],
  shownPath: (path: string) => string,
): { readonly parsed: Version[]; readonly mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const parsed = versions.map(({ name, scripts: written }): Version => {
    const scripts: ParsedScript[] = [];
    for (const script of written) {
      const file = shownPath(script.path);
      const result = parsedOnce(script, file);
      if ('mistakes' in result) {
        mistakes.push(...result.mistakes);
        continue;
      }
      const twin = scripts.find((other) => other.name === result.script.name);
      if (twin) {
        mistakes.push({ file, key: '', message: `has the name "${twin.name}", and so has ${twin.file}` });
      }
      scripts.push(result.script);
    }
    return { name, scripts };
  });
  return { parsed, mistakes };
}
