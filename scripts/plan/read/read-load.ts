import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { defined } from '../schema/defined.ts';
import { didYouMean } from '../schema/did-you-mean.ts';
import { eitherOf } from '../schema/fields.ts';
import type { AppVersion, WorkloadScript } from '../model.ts';
import type { Reading } from './reading.ts';
import type { RehearsalConfig } from '../schema/schema.ts';
import type { PlanParts } from './salvage.ts';

/** A folder, or more than that. */
type VersionConfig = RehearsalConfig['load']['versions'][string];

/** The app versions with their scripts as text, in order of rollout. Notes missing and empty folders. @param forAll the role of those that name none */
export async function readVersions(
  configs: Readonly<Record<string, VersionConfig>>,
  forAll: string | undefined,
  reading: Reading,
): Promise<AppVersion[]> {
  const versions: AppVersion[] = [];
  for (const [name, config] of Object.entries(configs)) {
    const path = ['load', 'versions', name];
    const [folder, at] =
      typeof config === 'string' ? [config, path] : [config.workload, [...path, 'workload']];
    const role = (typeof config === 'string' ? undefined : config.role) ?? forAll;
    const dir = reading.absolute(folder);
    versions.push({ name, dir, ...defined({ role }), scripts: await readScripts(folder, at, reading) });
  }
  return versions;
}

async function readScripts(
  folder: string,
  path: readonly string[],
  reading: Reading,
): Promise<WorkloadScript[]> {
  let entries: string[];
  try {
    entries = (await readdir(reading.absolute(folder))).filter((name) => extname(name) === '.sql');
  } catch {
    reading.mistake(path, 'there is no folder {value}');
    return [];
  }
  if (entries.length === 0) reading.mistake(path, 'the folder {value} has no script (*.sql)');
  const scripts: WorkloadScript[] = [];
  for (const entry of entries.sort()) {
    const text = await reading.text(join(folder, entry));
    if (text === undefined) continue;
    scripts.push({ name: entry.slice(0, -'.sql'.length), path: reading.absolute(join(folder, entry)), text });
  }
  return scripts;
}

/** Notes deploys to a version that is not there, and those that do not go forward in the order of rollout. */
export function checkDeploys(
  { path: at, steps }: Pick<PlanParts, 'path' | 'steps'>,
  versions: readonly string[],
  reading: Reading,
): void {
  let current = 0;
  for (const [index, step] of steps.entries()) {
    if (!step || !('deploy' in step)) continue;
    const { to } = step.deploy;
    const path = [...at, index, 'deploy', 'to'];
    const next = versions.indexOf(to);
    const guess = reading.source.isSecret(path) ? '' : didYouMean(to, versions);
    if (next < 0)
      reading.mistake(path, `{value} is not in load.versions${guess || `; write ${eitherOf(versions)}`}`);
    else if (next === current) reading.mistake(path, `the traffic is on {value} already`);
    else if (next < current)
      reading.mistake(
        path,
        `{value} comes before ${versions[current] ?? ''} in load.versions: a deploy goes forward`,
      );
    current = Math.max(current, next);
  }
}
