import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { InputError, mistakeLine } from '../shared/errors.ts';
import type { Rehearsal } from './model.ts';
import { readRehearsal } from './read.ts';

/** A temporary folder with these files, removed when the test has finished. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rehearse-plan-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** The files that the YAML of these tests names. */
export const FILES = {
  'r/gen.sql': 'create table t (id int primary key);',
  'r/old/read.sql': 'select 1;\n',
  'r/new/read.sql': '\\set id random(1, 10)\nselect :id;\n',
  'r/sql/1-expand.sql': 'alter table t add x int;\n',
  'r/sql/undo.sql': 'alter table t drop x;\n',
  'r/sql/2-verify.sql': 'select 1 from t where x is null;\n',
};

/** Everything above the plan; `plan:` starts on line 6. */
export const HEAD = `version: 1
name: demo
snapshot: { generator: gen.sql }
load: { rate: 400/s, versions: { old: old, new: new } }
budgets: { errors: 3 }
`;

/** Reads `r/rehearsal.yaml` from a folder with FILES and these. */
export async function readYaml(
  yaml: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Rehearsal> {
  const cwd = folderWith({ ...FILES, 'r/rehearsal.yaml': yaml, ...files });
  return await readRehearsal('r', { cwd, env });
}

/** The mistakes of `readYaml`, as the terminal prints them. */
export async function mistakesIn(...input: Parameters<typeof readYaml>): Promise<string[]> {
  try {
    await readYaml(...input);
  } catch (error) {
    if (error instanceof InputError) return error.mistakes.map(mistakeLine);
    throw error;
  }
  return [];
}
