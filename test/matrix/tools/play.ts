import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import type { CommandStep, Rehearsal, SqlStep } from '../../../scripts/plan/model.ts';
import type { StepContext } from '../../../scripts/replay/context.ts';
import { playCommand } from '../../../scripts/replay/command/play-command.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { StepFailure } from '../../../scripts/replay/session/step-failure.ts';
import { Cleanup } from '../../../scripts/shared/cleanup.ts';
import { InputError } from '../../../scripts/shared/errors.ts';
import { openStepContext } from '../../support/replay/step-context.ts';
import { writeFiles } from './install.ts';
import type { Migration, Tool } from './tool.ts';

const TOOL_MS = 40_000;

/** How an attempt to migrate ended; `said` is for whoever reads a failed test. */
interface Ending {
  readonly failed: boolean;
  /** Undefined where only the server knows. */
  readonly sqlstate?: string | null;
  readonly said: string;
  /** By `check`, before anything ran. */
  readonly isRefused?: true;
}

/** A project of the tool with these migrations; undefined where the tool cannot be told them. */
export async function project(
  { tool, installed, dir }: { readonly tool: Tool; readonly installed: string; readonly dir: string },
  migrations: readonly Migration[],
): Promise<{ readonly folder: string; readonly ups: readonly string[] } | undefined> {
  const folder = await mkdtemp(join(dir, 'project-'));
  const ups: string[] = [];
  for (const [at, migration] of migrations.entries()) {
    const files = tool.write(migration, at + 1);
    if (files === undefined) return undefined;
    ups.push(files[0]?.path ?? '');
    await writeFiles(folder, files);
  }
  await writeFiles(folder, tool.beside?.(migrations, installed) ?? []);
  if (tool.nodeModules) await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'));
  return { folder, ups };
}

/** The tool itself, as a `command:` step that is told nothing but its command. */
export async function byTool(command: string, folder: string, endpoint: PgEndpoint): Promise<Ending> {
  const step: CommandStep = {
    kind: 'command',
    name: 'tool',
    phase: 'expand',
    command,
    timeoutMs: TOOL_MS,
    touchesDatabase: true,
    output: 'shown',
    retries: 0,
    retryPauseMs: 50,
    pointOfNoReturn: false,
  };
  return ending(folder, endpoint, (context) => playCommand(step, context));
}

/** The tool's files under `sql:`, by the rule that reading them finds. */
export async function byUs(ups: readonly string[], folder: string, endpoint: PgEndpoint): Promise<Ending> {
  await writeFiles(folder, [
    { path: 'rehearsal.yaml', text: rehearsalOf(ups) },
    { path: 'nothing.sql', text: 'select 1;\n' },
    { path: 'load/one.sql', text: 'select 1;\n' },
  ]);
  let read: Rehearsal;
  try {
    read = await readRehearsal(folder, { cwd: folder, env: {} });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const said = error.mistakes.map(({ message }) => message).join('\n');
    return { failed: true, isRefused: true, said };
  }
  const [step] = read.plan as [SqlStep];
  return ending(folder, endpoint, (context) => runSqlStep(step, context, () => undefined));
}

async function ending(
  dir: string,
  endpoint: PgEndpoint,
  run: (context: StepContext) => Promise<unknown>,
): Promise<Ending> {
  await mkdir(join(dir, 'runs'), { recursive: true });
  const folder = await RunFolder.create(await mkdtemp(join(dir, 'runs', 'run-')));
  const cleanup = new Cleanup();
  const context = await openStepContext(endpoint, folder, cleanup, undefined, []);
  try {
    await run({ ...context, rehearsal: { dir, environment: {} } as StepContext['rehearsal'] });
    return { failed: false, sqlstate: null, said: '' };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const { sqlstate, message, excerpt } = error.error;
    return { failed: true, ...(sqlstate === null ? {} : { sqlstate }), said: `${message}\n${excerpt ?? ''}` };
  } finally {
    await cleanup.run();
  }
}

function rehearsalOf(files: readonly string[]): string {
  return `version: 1
name: tried
snapshot: { generator: nothing.sql }
load: { rate: 1/s, versions: { app: load } }
plan:
  - { phase: expand, sql: ${JSON.stringify(files)} }
`;
}
