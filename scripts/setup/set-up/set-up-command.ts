import { errorLines } from '../../cli/output/print-error.ts';
import { asError, EXIT, exitCodeFor, RehearsalError } from '../../shared/errors.ts';
import { RELEASES } from '../engine/release.ts';
import { isReady, setUp, type SetUpOptions } from './set-up.ts';
import { setUpLines } from './set-up-lines.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const USAGE = `npm run setup [-- --json] [-- --accept-stand-in]

Gets the Pulumi CLI, its language host for Node.js, the plugin \`command\` and an SSH server, as far as they are not
here yet. They go into the user's cache; nothing is installed into the system.

  --json             print what was found as one JSON document
  --accept-stand-in  do not look for the official plugin \`command\` when this project's stand-in can answer for it

REHEARSE_PULUMI_MIRROR: base address of a mirror of Pulumi's release, instead of ${RELEASES.join(' and ')}
`;

/** `npm run setup`. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => !['--json', '--accept-stand-in', '--help', '-h'].includes(arg));
  if (unknown !== undefined || args.includes('--help') || args.includes('-h')) {
    if (unknown !== undefined) say(`error USAGE: setup does not know ${unknown}`);
    process[unknown === undefined ? 'stdout' : 'stderr'].write(USAGE);
    return unknown === undefined ? EXIT.ok : EXIT.usage;
  }
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    stop.abort(
      new RehearsalError('INTERRUPTED', `set-up was stopped by ${signal}; nothing half-made is left`),
    );
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await run(stop.signal, args);
  } catch (error) {
    for (const line of errorLines(stop.signal.aborted ? asError(stop.signal.reason) : error)) say(line);
    return exitCodeFor(stop.signal.aborted ? stop.signal.reason : error);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

async function run(signal: AbortSignal, args: readonly string[]): Promise<number> {
  const mirror = process.env['REHEARSE_PULUMI_MIRROR'];
  const done = await setUp({
    env: process.env,
    signal,
    log: (line) => {
      say(`setup: ${line}`);
    },
    releases: mirror === undefined || mirror === '' ? RELEASES : [mirror.replace(/\/+$/, '')],
    acceptStandIn: args.includes('--accept-stand-in'),
    ensureSshd: await sshdOfLocalTarget(),
  });
  const ready = isReady(done);
  for (const line of done.problem === null ? [] : errorLines(done.problem)) say(line);
  const { engine, sshd } = done;
  const problem = done.problem?.message ?? null;
  if (args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ready, engine, sshd, problem })}\n`);
  } else {
    process.stdout.write(`${setUpLines(done).join('\n')}\n`);
  }
  return ready ? EXIT.ok : EXIT.infra;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Local hosts are Linux namespaces. */
async function sshdOfLocalTarget(): Promise<SetUpOptions['ensureSshd']> {
  if (process.platform !== 'linux') return undefined;
  const { ensureSshd } = await import('../../../infra/targets/local/sshd/sshd.ts');
  return ensureSshd;
}
