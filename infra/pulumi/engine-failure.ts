import { startFailed } from '../postgres/start-error.ts';
import { asError, RehearsalError, type ErrorCode } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import type { EngineDiagnostic } from '../contract/diagnostic.ts';

/** The ways in which an engine's command ends badly, as far as a message can tell them apart. */
export interface EngineFailure {
  /** What the CLI wrote. */
  readonly output: string;
  readonly killedBy: NodeJS.Signals | null;
  readonly diagnostics: readonly EngineDiagnostic[];
  /** Who holds the stack's lock, where that is known. */
  readonly lockedBy?: string | undefined;
  /** What the target knows of its own resources' errors. */
  readonly explain?: ((diagnostic: EngineDiagnostic) => RehearsalError | undefined) | undefined;
}

/** A script on a host says by this line what went wrong; see fail() in infra/components/*.sh. */
const SCRIPT_SAYS = /^rehearse-error ([A-Z_]+) ([\s\S]*)/m;
const LOCKED = /the stack is currently locked by|\[409\] Conflict: Another update is currently in progress/;
const PLUGIN_MISSING =
  /(no resource plugin|could not (?:load|find) plugin|failed to load plugin|unable to install plugin|could not find plugin for provider)[^\n]*/i;
/** gRPC's words for a connection to a plugin, which is a port of this machine; its errors of other codes are the plugin's answers. */
const PLUGIN_GONE = /rpc error: code = Unavailable|transport: Error while dialing/;
const PLUGIN_PORT = /\bdial tcp (\S+:\d+)/;
const DIAL_FAILED =
  /(after \d+ failed attempts|failed to dial|dial tcp|unable to authenticate|cannot reach)[^\n]*/i;

/** One clear error for it: what a provider or a script said wins over what the engine says of it. */
export function engineFailure(failure: EngineFailure): RehearsalError {
  const { output, killedBy, diagnostics, lockedBy, explain = () => undefined } = failure;
  const everything = [...diagnostics.map(({ message }) => message), output].join('\n');
  if (LOCKED.test(everything)) return stackLocked(lockedBy);
  const plugin = PLUGIN_MISSING.exec(everything);
  if (plugin) {
    return new RehearsalError(
      'ENGINE_NOT_FOUND',
      `Pulumi cannot start a plugin: ${redact(plugin[0].trim())}`,
      {
        hint: 'npm run setup',
      },
    );
  }
  const said =
    [...diagnostics.map(explain), ...diagnostics.map(fromDiagnostic)].find((error) => error !== undefined) ??
    pluginGone(everything);
  if (said) return said;
  if (killedBy !== null) {
    return new RehearsalError('ENGINE_FAILED', `the Pulumi engine was ended by ${killedBy}`, {
      hint: 'look for the kernel’s out-of-memory killer (dmesg) if nobody ended it, then start again',
    });
  }
  return new RehearsalError('ENGINE_FAILED', `the Pulumi engine failed: ${lastWords(everything)}`, {
    hint: 'rehearse doctor checks the engine and its plugins',
  });
}

export function stackLocked(lockedBy: string | undefined): RehearsalError {
  const who = lockedBy === undefined ? '' : ` by ${lockedBy}`;
  return new RehearsalError('STACK_LOCKED', `the stack of this run is locked${who}`, {
    hint: 'wait until that has ended, or end it; then rehearse reap --execute removes the stack and what it made',
  });
}

function fromDiagnostic({ resourceType, message }: EngineDiagnostic): RehearsalError | undefined {
  const script = SCRIPT_SAYS.exec(message);
  if (script) return fromScript(script[1] as ErrorCode, (script[2] ?? '').trim());
  const gone = pluginGone(message);
  if (gone) return gone;
  const dial = DIAL_FAILED.exec(message);
  if (resourceType.startsWith('command:remote:')) {
    const hint = 'rehearse doctor checks what a host needs; then start again';
    if (!dial)
      return new RehearsalError('ENGINE_FAILED', `a command on a host failed: ${lastWords(message)}`, {
        hint,
      });
    return new RehearsalError(
      'HOST_UNREACHABLE',
      `a host does not answer by SSH: ${redact(dial[0].trim())}`,
      { hint },
    );
  }
  if (!resourceType.startsWith('rehearsal:')) return undefined;
  const [text = '', hint] = message.trim().split('\nhint: ');
  const code: ErrorCode = resourceType.endsWith(':LocalNetwork') ? 'NETWORK_TAKEN' : 'HOST_START_FAILED';
  return new RehearsalError(code, redact(text), hint === undefined ? {} : { hint: redact(hint.trim()) });
}

/** Its port is no host's: nobody shall look for a network that is at fault. */
function pluginGone(message: string): RehearsalError | undefined {
  if (!PLUGIN_GONE.test(message)) return undefined;
  const port = PLUGIN_PORT.exec(message)?.[1];
  const where = port === undefined ? '' : ` (${port})`;
  return new RehearsalError(
    'ENGINE_FAILED',
    `a plugin of Pulumi ended while it was needed: its own port on this machine${where} does not answer`,
    {
      hint: 'look for the kernel’s out-of-memory killer (dmesg) if nobody ended it, then start again; rehearse doctor checks the plugins',
    },
  );
}

function fromScript(code: ErrorCode, text: string): RehearsalError {
  if (code === 'POSTGRES_START_FAILED') return startFailed({ code: 1, signal: null, log: text }, []);
  return new RehearsalError(code, redact(text.split('\n', 1)[0] ?? ''), {
    hint: 'rehearse doctor checks what a host needs; then start again',
  });
}

function lastWords(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return redact(lines.slice(-3).join(' / ').trim()) || asError('no word from it').message;
}
