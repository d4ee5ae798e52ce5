import type { Reading } from '../read/reading.ts';
import type { KeyPath } from '../yaml/yaml-source.ts';
import type { MaskRules } from './mask-rules.ts';
import { readMask } from './read-mask.ts';

/** The rules in the file that the value at `path` names; undefined (and mistakes) where they cannot be read. */
export async function readRulesFile(
  path: KeyPath,
  file: string | undefined,
  reading: Reading,
): Promise<MaskRules | undefined> {
  if (file === undefined || !(await reading.requireFile(path, file))) return undefined;
  const text = await reading.text(file);
  if (text === undefined) return undefined;
  const { rules, mistakes } = readMask(text, reading.label(file), () => undefined);
  reading.mistakes.push(...mistakes);
  return rules;
}
