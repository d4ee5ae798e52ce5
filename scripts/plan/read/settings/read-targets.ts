import { asError, type Mistake } from '../../../shared/errors.ts';
import { targetsIssues } from '../../schema/schema-issues.ts';
import { keyText, type KeyPath } from '../../yaml/yaml-source.ts';

/** What a caller says of targets: JSON as under `targets` in rehearsal.yaml, which is joined over what the rehearsal says. */
export const TARGETS_VARIABLE = 'REHEARSE_TARGETS';

/**
 * Reads settings of targets that stand in no YAML file.
 * @param text JSON; undefined = none
 * @param file what its mistakes are said to be in, such as `stack config`
 */
export function readTargets(
  text: string | undefined,
  file: string,
): { readonly value: Record<string, unknown> | undefined; readonly mistakes: Mistake[] } {
  if (text === undefined || text.trim() === '') return { value: undefined, mistakes: [] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `is not JSON: ${asError(error).message}`;
    return { value: undefined, mistakes: [{ file, key: 'targets', message }] };
  }
  const mistakes = targetsIssues(value).map(({ path, message }) => ({
    file,
    key: keyText(path),
    message: message.replaceAll('{value}', () => shown(value, path.slice(1))),
  }));
  return { value: isMap(value) ? value : undefined, mistakes };
}

/** An environment that says them. @param targets JSON; undefined = what it says already */
export function targetsInto<E extends Readonly<Record<string, string | undefined>>>(
  env: E,
  targets: string | undefined,
): E {
  return targets === undefined ? env : { ...env, [TARGETS_VARIABLE]: targets };
}

function shown(root: unknown, path: KeyPath): string {
  const value = path.reduce<unknown>((at, name) => (isMap(at) ? at[String(name)] : undefined), root);
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  if (value === undefined) return 'this';
  return typeof value === 'string' && value.trim() !== '' ? value : JSON.stringify(value);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
