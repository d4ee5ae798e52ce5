import { randomBytes } from 'node:crypto';
import type { CreateResult, UpdateResult } from '@pulumi/pulumi/provider/provider.js';
import { asSecret, holdsSecret, type WireProperties } from '../provider-kit/wire.ts';
import type { ExecEnd } from '../ssh/exec.ts';
import { withHost, type Call } from './call.ts';
import { parseInputs } from './check-inputs.ts';
import type { Connection } from './connection.ts';
import { failureText } from './failure-text.ts';
import { commandSchema, type CommandInputs } from './inputs.ts';
import { runCommand } from './run-command.ts';

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `create`, if there is one. */
export async function createCommand(call: Call, wire: WireProperties): Promise<CreateResult> {
  const name = call.urn.split('::').at(-1) ?? '';
  return { id: `${name}${randomBytes(4).toString('hex')}`, outs: await made(call, wire) };
}

/** Runs `create` again. */
export async function updateCommand(
  call: Call,
  _olds: WireProperties,
  wire: WireProperties,
): Promise<UpdateResult> {
  return { outs: await made(call, wire) };
}

/** Runs `delete`, if there is one, over the connection that the resource was last given. */
export async function deleteCommand(call: Call, state: WireProperties): Promise<void> {
  const inputs = parseInputs(commandSchema.strip(), state);
  if (inputs.delete !== undefined) await run(call, state, { inputs, command: inputs.delete });
}

async function made(call: Call, wire: WireProperties): Promise<Record<string, unknown>> {
  const inputs = parseInputs(commandSchema, wire);
  const { create: command } = inputs;
  const output =
    command === undefined ? { stdout: '', stderr: '' } : await run(call, wire, { inputs, command });
  return outputs(wire, output);
}

interface Task {
  readonly inputs: CommandInputs;
  readonly command: string;
}

async function run(call: Call, wire: WireProperties, task: Task): Promise<Output> {
  const { inputs, command } = task;
  const ended = await withHost(call, inputs.connection, (host) =>
    runCommand(host, { command, stdin: inputs.stdin }, call.signal),
  );
  if (ended.code !== 0) throw failure(task, ended, wire);
  return { stdout: withoutLastNewline(ended.stdout), stderr: withoutLastNewline(ended.stderr) };
}

function failure({ inputs, command }: Task, { code, stdout, stderr }: ExecEnd, wire: WireProperties): Error {
  const how = code === null ? 'was ended by a signal' : `exited with status ${code}`;
  const text = `the command ${how}: ${JSON.stringify(command)}\n${stdout}${stderr}`;
  const others = Object.entries(wire).filter(([name]) => name !== 'connection');
  return new Error(failureText(text, [others, ...keysOf(inputs.connection).map(asSecret)]));
}

function keysOf({ privateKey, proxy }: Connection): unknown[] {
  return [privateKey, proxy?.privateKey];
}

function outputs(wire: WireProperties, { stdout, stderr }: Output): Record<string, unknown> {
  // What a command writes may hold what it was given.
  const kept = [wire['create'], wire['stdin']].some(holdsSecret) ? asSecret : (text: string): unknown => text;
  return { ...wire, connection: asSecret(wire['connection']), stdout: kept(stdout), stderr: kept(stderr) };
}

function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
