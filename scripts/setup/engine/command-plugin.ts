import { mkdir } from 'node:fs/promises';
import type { Engine } from '../../../infra/pulumi/engine/find-engine.ts';
import type { Env } from '../../../infra/pulumi/engine/places.ts';
import { COMMAND_VERSION } from '../../../infra/pulumi/engine/versions.ts';
import { runTool } from '../run-tool.ts';
import type { Log } from '../tasks.ts';

const INSTALL_MS = 20_000;

/** Tries to install the official plugin; where it cannot be had, the stand-in of this project answers for it. */
export async function tryCommandPlugin(
  engine: Engine,
  { env, signal, log }: { readonly env: Env; readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  if (engine.command.kind === 'official') return;
  log(`trying to install the official plugin command ${COMMAND_VERSION}`);
  await mkdir(engine.home, { recursive: true });
  const args = ['plugin', 'install', 'resource', 'command', COMMAND_VERSION, '--non-interactive'];
  const { ok, complaint } = await runTool(engine.pulumi.path, args, {
    cwd: engine.home, // a folder without a project
    env: { ...env, ...engine.env },
    signal,
    timeoutMs: INSTALL_MS,
  });
  log(ok ? '  installed' : `  it cannot be had from here (${reasonOf(complaint)})`);
}

/** The CLI tells the reason with each attempt and ends by the number of attempts. */
function reasonOf(complaint: string): string {
  const reasons = complaint.split('\n').filter((line) => line.includes('Error downloading plugin: '));
  const line = reasons.at(-1) ?? complaint.trim().split('\n').at(-1) ?? '';
  return line.replace(/^.*Error downloading plugin: /, '');
}
