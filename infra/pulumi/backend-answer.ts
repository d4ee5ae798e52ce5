import { homedir } from 'node:os';
import { withTimeout } from '../../scripts/shared/clock.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import type { Backend } from './chosen-backend.ts';
import { EngineCommand, EngineCommandError } from './engine-command.ts';
import type { Engine } from './engine/find-engine.ts';
import { PROJECT } from './project-name.ts';

/** The CLI itself tries four times within 7 s where a backend refuses. */
const ANSWER_MS = 15_000;

/**
 * Asks the user's backend for the stacks of our project, which needs everything that a stack needs: the way there, the login,
 * the folder or bucket. Makes and changes nothing.
 * @throws BACKEND_AWAY with what the CLI says; the signal's reason
 */
export async function requireBackend(engine: Engine, backend: Backend, signal?: AbortSignal): Promise<void> {
  const command = new EngineCommand(engine);
  const env = { ...engine.env, PULUMI_HOME: engine.home, ...backendEnvironment(backend) };
  const args = ['stack', 'ls', '--project', PROJECT, '--json'];
  const asked = command.run(args, homedir(), env, undefined, undefined, signal);
  try {
    await withTimeout(asked, ANSWER_MS, `asking the backend ${redact(backend.url)}`);
  } catch (error) {
    command.kill();
    signal?.throwIfAborted();
    throw backendAway(backend, error);
  }
}

/** What tells the CLI which backend to use, and whose login. */
export function backendEnvironment({ url, credentials }: Backend): Record<string, string> {
  return { PULUMI_BACKEND_URL: url, PULUMI_CREDENTIALS_PATH: credentials };
}

function backendAway({ url }: Backend, error: unknown): RehearsalError {
  const said = error instanceof EngineCommandError ? lastError(error.end.stderr) : String(error);
  return new RehearsalError('BACKEND_AWAY', `the Pulumi backend ${redact(url)} does not answer: ${said}`, {
    hint: 'see that it can be reached and that your login is valid (pulumi login), or choose none: unset PULUMI_BACKEND_URL, pulumi logout',
  });
}

function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const last = lines.findLast((line) => line.startsWith('error: ')) ?? lines.at(-1) ?? 'no word from it';
  return redact(last.replace(/^error: /, '').trim());
}
