import type { ServerRole } from '../../pg/machine-trouble.ts';
import { serverDiskFull, serverOutOfDescriptors, serverOutOfMemory } from '../../pg/machine-trouble.ts';
import { RehearsalError } from '../../shared/errors.ts';
import type { Door } from './knock.ts';
import type { LogTrouble } from './log-trouble.ts';

const SIGKILL = 9;

/** Nothing listens at its address any more. */
export function serverGone(role: ServerRole, host: string, port: number): RehearsalError {
  return new RehearsalError(
    'POSTGRES_DIED',
    `PostgreSQL of the ${role} ended while it was needed: nothing listens on ${host}:${port} any more`,
    {
      hint: 'if nobody stopped it, look for the kernel’s out-of-memory killer (dmesg), or give it less memory in postgres.settings',
    },
  );
}

/** It was there, and has not answered for too long to go on. */
export function serverSilent(role: ServerRole, door: Door, awayMs: number): RehearsalError {
  const seconds = (awayMs / 1000).toFixed(0);
  if (door === 'unreachable') {
    return new RehearsalError('HOST_UNREACHABLE', `the ${role} could not be reached for ${seconds} s`, {
      hint: 'look at the network between the two (a cut link, a firewall, a host that is gone), then rehearse again',
    });
  }
  const message = `PostgreSQL of the ${role} has not answered for ${seconds} s, though its host takes connections`;
  return new RehearsalError('POSTGRES_DIED', message, {
    hint: 'it was suspended (SIGSTOP, a frozen cgroup or host), hangs in the kernel, or recovers from a crash: look at it, then rehearse again',
  });
}

/** Undefined for what does not end the run by itself: a crash that the plan's own SQL may have brought about. */
export function errorOfTrouble(trouble: LogTrouble, role: ServerRole): RehearsalError | undefined {
  switch (trouble.kind) {
    case 'disk-full':
      return serverDiskFull(role);
    case 'descriptors':
      return serverOutOfDescriptors(role);
    case 'memory':
      return serverOutOfMemory(role);
    case 'crash':
      return trouble.signal === SIGKILL ? backendKilled(role, trouble.pid) : undefined;
  }
}

/** SQL cannot send SIGKILL, and PostgreSQL sends it to its own processes only when it is told to stop. */
function backendKilled(role: ServerRole, pid: number): RehearsalError {
  const message = `process ${pid} of PostgreSQL of the ${role} was killed from outside (SIGKILL), and all its sessions were lost with it`;
  return new RehearsalError('BACKEND_KILLED', message, {
    hint: `the kernel’s out-of-memory killer does that (dmesg; then raise hosts.${role}.memory or lower work_mem), and kill -9`,
  });
}
