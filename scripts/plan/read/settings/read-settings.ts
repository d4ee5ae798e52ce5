import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Mistake } from '../../../shared/errors.ts';
import { readPlainFile } from '../../../shared/files/plain-file.ts';
import { REHEARSALS_FOLDER } from '../../../shared/places/user-project.ts';
import { settingsIssues } from '../../schema/schema-issues.ts';
import { SETTINGS_OF_LOAD, settingsSchema } from '../../schema/schema-settings.ts';
import type { Lookup } from '../../yaml/interpolate.ts';
import { keyText, YamlSource } from '../../yaml/yaml-source.ts';
import { labelOf } from '../reading.ts';

/** Beside the rehearsals. */
const SETTINGS_FILE = 'settings.yaml';

/** What all rehearsals of a folder say as long as they say nothing else. */
interface SharedSettings {
  /** Absolute. */
  readonly file: string;
  readonly value: Record<string, unknown>;
  /** Names taken from the environment, with their values. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mistakes: readonly Mistake[];
}

/**
 * The settings beside a rehearsal.
 * @param dir the rehearsal's folder, absolute
 * @returns undefined where there are none
 */
export async function readSettings(
  dir: string,
  cwd: string,
  lookup: Lookup,
): Promise<SharedSettings | undefined> {
  const folder = dirname(dir);
  const file = join(folder, SETTINGS_FILE);
  if (basename(folder) !== REHEARSALS_FOLDER || !existsSync(file)) return undefined;
  const label = labelOf(file, cwd);
  const source = new YamlSource((await readPlainFile(file)).toString('utf8'), label, lookup);
  const issues = source.value === undefined ? [] : settingsIssues(source.value);
  const mistakes = issues.map(({ path, message }) => ({
    file: label,
    line: source.line(path),
    key: keyText(path),
    message: message.replaceAll('{value}', () => source.shown(path)),
  }));
  const value = isMap(source.value) ? withAbsolutePaths(known(source.value), folder) : {};
  return { file, value, environment: source.environment, mistakes: [...source.mistakes, ...mistakes] };
}

/** Maps are joined key by key; of all else the rehearsal's own word counts. */
export function withSettings(own: unknown, shared: unknown): unknown {
  if (own === undefined) return shared;
  if (!isMap(own) || !isMap(shared)) return own;
  const joined = Object.entries(shared).map(([key, value]) => [key, withSettings(own[key], value)]);
  return { ...own, ...Object.fromEntries(joined) };
}

/** What the caller says of targets wins over what the files say. */
export function withTargets(value: unknown, targets: unknown): unknown {
  if (targets === undefined || !isMap(value)) return value;
  return { ...value, targets: withSettings(targets, value['targets']) };
}

/** Without what is of one rehearsal, and told as a mistake. */
function known(value: Record<string, unknown>): Record<string, unknown> {
  const load = isMap(value['load']) ? picked(value['load'], SETTINGS_OF_LOAD) : value['load'];
  const rest = picked(value, Object.keys(settingsSchema.shape));
  return load === undefined ? rest : { ...rest, load };
}

function picked(value: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/** A path is meant from the file that names it. */
function withAbsolutePaths(value: Record<string, unknown>, folder: string): Record<string, unknown> {
  const { postgres } = value;
  if (!isMap(postgres) || typeof postgres['binDir'] !== 'string') return value;
  return { ...value, postgres: { ...postgres, binDir: resolve(folder, postgres['binDir']) } };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
