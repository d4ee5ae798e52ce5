import { readPlainFile } from '../../../shared/files/plain-file.ts';
import { readEnvironment } from '../../env-variables.ts';
import { targetsSchema, type TargetSettings } from '../../schema/targets/targets.ts';
import { YamlSource } from '../../yaml/yaml-source.ts';
import { locateRehearsal, rehearsalsNear } from './locate.ts';
import { readSettings, withSettings, withTargets } from './read-settings.ts';
import { readTargets, TARGETS_VARIABLE } from './read-targets.ts';

/**
 * What the rehearsals of the project that a folder is in say of targets, and what the caller says: where a run may have left
 * something. What cannot be read says nothing here; `rehearse check` tells why.
 */
export async function knownTargets(cwd: string, env: NodeJS.ProcessEnv): Promise<TargetSettings[]> {
  const outer = readTargets(env[TARGETS_VARIABLE], TARGETS_VARIABLE).value;
  const said = await Promise.all(rehearsalsNear(cwd).map((dir) => targetsIn(dir, cwd, env)));
  const all = said.map((own) => (own === undefined ? outer : withSettings(outer, own)));
  return [...all, outer].flatMap((value) => {
    const { data } = targetsSchema.safeParse(value);
    return data === undefined || Object.keys(data).length === 0 ? [] : [data];
  });
}

async function targetsIn(dir: string, cwd: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  try {
    const { lookup } = await readEnvironment(dir, cwd, env);
    const text = (await readPlainFile(locateRehearsal(dir, cwd).file)).toString('utf8');
    const { value } = new YamlSource(text, '', lookup);
    const shared = await readSettings(dir, cwd, lookup);
    const joined = withTargets(withSettings(value, shared?.value), {});
    return typeof joined === 'object' && joined !== null && 'targets' in joined ? joined.targets : undefined;
  } catch {
    return undefined;
  }
}
