import { randomBytes } from 'node:crypto';
import type { CreateResult, UpdateResult } from '@pulumi/pulumi/provider/provider.js';
import type { EngineLog } from '../provider-kit/engine-log.ts';
import { asSecret, holdsSecret, revealed, type WireProperties } from '../provider-kit/wire.ts';
import { parseInputs } from './check.ts';
import type { Connection, Endpoint } from './ssh/connection.ts';
import { dial } from './ssh/dial.ts';
import { failureText } from './failure-text.ts';
import { commandSchema, type CommandInputs } from './inputs.ts';
import { runCommand, type Ended } from './run-command.ts';
import type { Variable } from './ssh/ssh2-internals.ts';
import { StatusLines } from './status-lines.ts';

/** One call of the engine about one resource. */
export interface Call {
  readonly urn: string;
  readonly log: EngineLog;
  readonly signal: AbortSignal;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const NO_OUTPUT: Output = { stdout: '', stderr: '' };

/** Runs `create`, if there is one. */
export async function createCommand(call: Call, wire: WireProperties): Promise<CreateResult> {
  const inputs = parseInputs(commandSchema, wire);
  const { create } = inputs;
  const output = create === undefined ? NO_OUTPUT : await run(call, wire, { inputs, command: create });
  const name = call.urn.split('::').at(-1) ?? '';
  return { id: `${name}${randomBytes(4).toString('hex')}`, outs: outputs(wire, output) };
}

/** Runs `update`, else `create`; without either the last output stays. */
export async function updateCommand(
  call: Call,
  olds: WireProperties,
  wire: WireProperties,
): Promise<UpdateResult> {
  const inputs = parseInputs(commandSchema, wire);
  const before = outputOf(olds);
  const command = inputs.update ?? inputs.create;
  const output = command === undefined ? before : await run(call, wire, { inputs, command, before });
  return { outs: outputs(wire, output) };
}

/** Runs `delete`, if there is one, over the connection that the resource was last given. */
export async function deleteCommand(call: Call, state: WireProperties): Promise<void> {
  const inputs = parseInputs(commandSchema.strip(), state);
  if (inputs.delete === undefined) return;
  await run(call, state, { inputs, command: inputs.delete, before: outputOf(state) });
}

interface Task {
  readonly inputs: CommandInputs;
  readonly command: string;
  /** What the last command of the resource wrote. */
  readonly before?: Output;
}

async function run(call: Call, wire: WireProperties, task: Task): Promise<Output> {
  const { log, urn, signal } = call;
  const { inputs, command } = task;
  const session = await dial(inputs.connection, signal, (line) => {
    log.status(urn, line);
  });
  try {
    const refused: string[] = [];
    const shown = { stdout: statusLines(call), stderr: statusLines(call) };
    const ended = await runCommand(session, {
      command,
      stdin: inputs.stdin,
      variables: variables(call, task, refused),
      onOutput: (stream, chunk) => {
        if (inputs.logging === 'stdoutAndStderr' || inputs.logging === stream) shown[stream].push(chunk);
      },
    }).catch((error: unknown) => {
      throw refused.length > 0 && !session.signal.aborted ? notAccepted(refused) : error;
    });
    shown.stdout.end();
    shown.stderr.end();
    if (ended.status !== 0) throw failure(task, ended, wire);
    return { stdout: withoutLastNewline(ended.stdout), stderr: withoutLastNewline(ended.stderr) };
  } finally {
    session.end();
  }
}

function statusLines({ log, urn }: Call): StatusLines {
  return new StatusLines((line) => {
    log.status(urn, line);
  });
}

/** `refused` gets the names of those without which the command must not start. */
function variables({ log, urn }: Call, { inputs, before }: Task, refused: string[]): Variable[] {
  const wanted = Object.entries(inputs.environment).map(([name, value]): Variable => {
    return { name, value, refused: () => refused.push(name) === 0 };
  });
  const previous = inputs.addPreviousOutputInEnv ? (before ?? NO_OUTPUT) : NO_OUTPUT;
  const offered = Object.entries({
    PULUMI_COMMAND_STDOUT: previous.stdout,
    PULUMI_COMMAND_STDERR: previous.stderr,
  }).filter(([, value]) => value !== '');
  return [
    ...wanted,
    ...offered.map(([name, value]): Variable => {
      const skipped = (): boolean => {
        log.write('warning', urn, `${name} is not set: ${ACCEPT_ENV}, or set addPreviousOutputInEnv: false`);
        return true;
      };
      return { name, value, refused: skipped };
    }),
  ];
}

const ACCEPT_ENV = "the host's sshd takes only what AcceptEnv in its sshd_config names";

function notAccepted(names: readonly string[]): Error {
  return new Error(
    `the host refused the environment variable ${names.join(', ')}: ${ACCEPT_ENV}; ` +
      "or write it before the command, as in: create: 'NAME=value command'",
  );
}

function failure({ inputs, command }: Task, { status, signal, output }: Ended, wire: WireProperties): Error {
  const how = signal === null ? `exited with status ${status ?? 'unknown'}` : `was ended by signal ${signal}`;
  const text = `the command ${how}: ${JSON.stringify(command)}\n${output}`;
  const others = Object.entries(wire).filter(([name]) => name !== 'connection');
  return new Error(failureText(text, [others, ...credentials(inputs.connection).map(asSecret)]));
}

function credentials(connection: Connection): unknown[] {
  const ends: (Endpoint | undefined)[] = [connection, connection.proxy];
  return ends.flatMap((end) => [end?.password, end?.privateKey, end?.privateKeyPassword]);
}

function outputs(wire: WireProperties, output: Output): Record<string, unknown> {
  // What a command writes may hold what it was given.
  const given = [wire['create'], wire['update'], wire['stdin'], wire['environment']];
  const kept = given.some(holdsSecret) ? asSecret : (text: string): unknown => text;
  return {
    ...wire,
    connection: asSecret(wire['connection']),
    stdout: kept(output.stdout),
    stderr: kept(output.stderr),
  };
}

function outputOf(state: WireProperties): Output {
  const text = (name: string): string => {
    const value = revealed(state[name]);
    return typeof value === 'string' ? value : '';
  };
  return { stdout: text('stdout'), stderr: text('stderr') };
}

function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
