import { describe, expect, test } from 'vitest';
import type { EngineDiagnostic } from '../contract/diagnostic.ts';
import { diagnosticOf } from './engine-diagnostics.ts';
import { engineFailure, type EngineFailure } from './engine-failure.ts';

function failureOf(diagnostics: EngineDiagnostic[], more: Partial<EngineFailure> = {}): object {
  const { code, message, hint } = engineFailure({ output: '', killedBy: null, diagnostics, ...more });
  return { code, message, hint };
}

describe('what a failed engine is told as', () => {
  test('a provider’s own words, with its hint', () => {
    const message =
      'sshd of the primary host did not answer within 20 s\nhint: rehearse doctor says what is missing';
    expect(failureOf([{ resourceType: 'rehearsal:index:LocalHost', message }])).toEqual({
      code: 'HOST_START_FAILED',
      message: 'sshd of the primary host did not answer within 20 s',
      hint: 'rehearse doctor says what is missing',
    });
  });

  test('a script’s own words, not the script that the plugin repeats', () => {
    const message = `Process exited with status 1: running "port='5432'\\nset -eu\\nrehearse-error %s":\nv20.20.2\nconnect ECONNREFUSED\n\nrehearse-error DRIVER_FAILED the driver host cannot reach the primary at 10.89.7.10:5432\n`;
    expect(failureOf([{ resourceType: 'command:remote:Command', message }])).toMatchObject({
      code: 'DRIVER_FAILED',
      message: 'the driver host cannot reach the primary at 10.89.7.10:5432',
    });
  });

  test('a wrong setting, as the server’s log names it', () => {
    const log = '2026-11-22 17:00:00.000 UTC [7] FATAL:  unrecognized configuration parameter "work_memm"';
    const message = `Process exited with status 1: running "":\n\nrehearse-error POSTGRES_START_FAILED ${log}\n`;
    const failure = failureOf([{ resourceType: 'command:remote:Command', message }]);
    expect(failure).toMatchObject({ code: 'POSTGRES_START_FAILED' });
    expect(JSON.stringify(failure)).toContain('work_memm');
  });

  test('a host that does not answer', () => {
    const message = 'after 60 failed attempts: dial tcp 10.89.7.10:22: connect: no route to host';
    expect(failureOf([{ resourceType: 'command:remote:CopyToRemote', message }])).toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });

  test.each([
    ['command:remote:Command', 'dial tcp 127.0.0.1:43211: connect: connection refused'],
    ['command:remote:CopyToRemote', 'dial tcp [::1]:43211: connect: connection refused'],
    ['rehearsal:index:LocalHost', 'dial tcp 127.0.0.1:43211: connect: connection refused'],
    ['', 'dial tcp 127.0.0.1:43211: connect: connection refused'],
  ])('a plugin that ended is not a host that does not answer (%s)', (resourceType, dial) => {
    const message = `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${dial}"`;
    const failure = failureOf([{ resourceType, message }]);
    expect(failure).toMatchObject({ code: 'ENGINE_FAILED' });
    expect(JSON.stringify(failure)).toMatch(/a plugin of Pulumi ended .*its own port .*:43211\)/);
  });

  test('a plugin that ended in the midst of an answer', () => {
    const message = 'rpc error: code = Unavailable desc = error reading from server: EOF';
    expect(failureOf([{ resourceType: 'command:remote:Command', message }])).toMatchObject({
      message: expect.stringContaining('a plugin of Pulumi ended') as string,
    });
  });

  test('a locked stack, with who holds it', () => {
    const output =
      'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end';
    expect(failureOf([], { output, lockedBy: 'process 4711 of root on db1' })).toMatchObject({
      code: 'STACK_LOCKED',
      message: 'the stack of this run is locked by process 4711 of root on db1',
    });
  });

  test('a plugin that is missing, with the command that brings it', () => {
    const output =
      "error: no resource plugin 'pulumi-resource-command' found in the workspace at version v1.2.1";
    expect(failureOf([], { output })).toMatchObject({ code: 'ENGINE_NOT_FOUND', hint: 'npm run setup' });
  });

  test('an engine that was killed', () => {
    expect(failureOf([], { killedBy: 'SIGKILL' })).toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'the Pulumi engine was ended by SIGKILL',
    });
  });

  test('a failure that nobody explained, in its last words', () => {
    expect(failureOf([], { output: 'a\nb\nerror: something else\n' })).toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'the Pulumi engine failed: a / b / error: something else',
    });
  });
});

describe('a diagnostic of the engine', () => {
  const urn = 'urn:pulumi:s::p::rehearsal:index:Host$rehearsal:index:LocalHost::primary-host';

  test('tells its resource’s type and its text without colours', () => {
    const message = '<{%fg 9%}>no room<{%reset%}>\n';
    const event = {
      sequence: 1,
      timestamp: 1,
      diagnosticEvent: { urn, message, color: '', severity: 'error' as const },
    };
    expect(diagnosticOf(event)).toEqual({ resourceType: 'rehearsal:index:LocalHost', message: 'no room' });
  });

  test('is left out where it only says that something failed', () => {
    const event = {
      sequence: 1,
      timestamp: 1,
      diagnosticEvent: { urn: '', message: 'update failed\n', color: '', severity: 'error' as const },
    };
    expect(diagnosticOf(event)).toBeUndefined();
  });
});
