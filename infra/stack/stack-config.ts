import { readTargets } from '../../scripts/plan/read/settings/read-targets.ts';
import { didYouMean } from '../../scripts/plan/schema/did-you-mean.ts';
import type { Mistake } from '../../scripts/shared/errors.ts';
import { DURATION_MS, isWithin } from '../../scripts/shared/bounds.ts';
import { parseDurationMs } from '../../scripts/shared/text/quantities.ts';

/** What `pulumi config` says for a stack. A new stack needs none of it. */
export interface StackConfig {
  /** Names or folders. */
  readonly rehearsals: readonly string[];
  readonly target: string;
  /** How long the hosts stay up afterwards. */
  readonly keep?: string;
  /** Folder for run folders. */
  readonly out?: string;
  /** JSON as under `targets` in rehearsal.yaml; it wins over what a rehearsal says. */
  readonly targets?: string;
  /** A rehearsal that takes longer is stopped and torn down. */
  readonly timeout?: string;
}

const KEYS = ['rehearsals', 'target', 'targets', 'keep', 'out', 'timeout'] as const;
const DEFAULT_REHEARSALS = ['rename-column'];
const FILE = 'stack config';

/**
 * Reads all of it; what is wrong becomes a mistake and its default.
 * @param values by key without namespace, as Pulumi hands them over: text, or JSON for lists and objects
 * @param targets names that `target` may have
 */
export function readStackConfig(
  values: Readonly<Record<string, string>>,
  targets: readonly string[],
): { config: StackConfig; mistakes: Mistake[] } {
  const mistakes: Mistake[] = [];
  const wrong = (key: string, message: string): void => void mistakes.push({ file: FILE, key, message });
  for (const key of Object.keys(values)) {
    if (KEYS.some((known) => known === key)) continue;
    wrong(key, `unknown key${didYouMean(key, KEYS) || `; the keys are ${KEYS.join(', ')}`}`);
  }
  const { target = 'auto', out } = values;
  if (!targets.includes(target)) {
    wrong('target', `there is no target ${target}; the targets are ${targets.join(', ')}`);
  }
  if (out === '') wrong('out', 'names no folder');
  for (const key of ['keep', 'timeout']) {
    const text = values[key];
    if (text !== undefined && !isWithin(DURATION_MS, parseDurationMs(text) ?? 0))
      wrong(key, `${text} is not a duration from 1ms to 24d; write 30m or 1h30m`);
  }
  const { value: targetSettings, mistakes: more } = readTargets(values['targets'], FILE);
  mistakes.push(...more);
  const rehearsals = listOf(values['rehearsals']);
  if (!rehearsals) wrong('rehearsals', 'is not a name, a folder or a list of them');
  for (const name of repeated(rehearsals ?? [])) wrong('rehearsals', `names ${name} twice`);
  const { keep, timeout } = values;
  const config = {
    rehearsals: [...new Set(rehearsals ?? DEFAULT_REHEARSALS)],
    target,
    ...(keep === undefined ? {} : { keep }),
    ...(out === undefined ? {} : { out }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(targetSettings === undefined || more.length > 0 ? {} : { targets: JSON.stringify(targetSettings) }),
  };
  return { config, mistakes };
}

/** `rename-column` or `["rename-column", "../mine"]`; undefined for anything else. */
function listOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return DEFAULT_REHEARSALS;
  if (text.trim() === '') return undefined;
  if (!/^\s*[[{]/.test(text)) return [text];
  try {
    const value = JSON.parse(text) as unknown;
    const isList = Array.isArray(value) && value.length > 0;
    return isList && value.every((name) => typeof name === 'string' && name !== '')
      ? (value as string[])
      : undefined;
  } catch {
    return undefined;
  }
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
