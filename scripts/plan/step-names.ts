import { basename, extname } from 'node:path';
import type { StepKind } from './model.ts';
import { kindOfConfig, type StepConfig } from './schema/schema-steps.ts';
import type { PlanParts } from './read/salvage.ts';
import type { KeyPath } from './yaml/yaml-source.ts';

/** Names of states in the compatibility matrix that are not steps. */
const RESERVED = ['start'];

interface NameMistake {
  readonly path: KeyPath;
  readonly message: string;
}

/**
 * A unique name for each step: the author's own, else one after its file or kind with ` 2`, ` 3` … where it is taken.
 * `undefined` stands for a step that could not be read. `written` gives a value as the author wrote it.
 */
export function nameSteps(
  { path: at, steps }: Pick<PlanParts, 'path' | 'steps'>,
  written: (path: KeyPath) => string | undefined,
): { names: readonly string[]; mistakes: readonly NameMistake[] } {
  const mistakes: NameMistake[] = [];
  const taken = new Set(RESERVED);
  steps.forEach((step, index) => {
    if (step?.name === undefined) return;
    const path = [...at, index, 'name'];
    if (RESERVED.includes(step.name))
      mistakes.push({ path, message: '{value} is the state before the first step' });
    else if (taken.has(step.name))
      mistakes.push({ path, message: '{value} is the name of another step too' });
    taken.add(step.name);
  });
  const names = steps.map((step, index) => {
    if (step?.name !== undefined) return step.name;
    const base = step ? defaultName(step, [...at, index], written) : '';
    let name = base;
    for (let copy = 2; taken.has(name); copy++) name = `${base} ${copy}`;
    taken.add(name);
    return name;
  });
  return { names, mistakes };
}

function defaultName(
  step: StepConfig,
  path: KeyPath,
  written: (path: KeyPath) => string | undefined,
): string {
  return DEFAULT_NAMES[kindOfConfig(step)]((...keys) => written([...path, ...keys]) ?? '');
}

/** Gives a value of the step as the author wrote it; empty where there is none. */
type Text = (...keys: PropertyKey[]) => string;

const DEFAULT_NAMES: Readonly<Record<StepKind, (text: Text) => string>> = {
  sql: (text) => fileName(text('sql') || text('sql', 0)),
  command: (text) => text('command').trim().split(/\s+/)[0] ?? '',
  deploy: (text) => `deploy ${text('deploy', 'to')}`,
  backfill: (text) => `backfill ${text('backfill', 'table')}`,
  soak: () => 'soak',
  maintenance: (text) => `maintenance ${text('maintenance')}`,
  verify: (text) => fileName(text('verify') || text('verify', 0)),
};

/** `sql/1-expand.sql` → `expand` */
function fileName(file: string): string {
  const base = basename(file, extname(file));
  return base.replace(/^\d+-(?=.)/, '');
}
