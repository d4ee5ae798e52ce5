import { cpus } from 'node:os';
import type { Result } from '../../checks/result/contract/result.ts';

const GIB = 1024 ** 3;

/**
 * What makes two machines alike: target, hosts and their limits, cores, memory to the GiB, the kernel's first two numbers, and the
 * processor where it is known.
 */
export function machineClass({ target, environment }: Result, cpuModel: string | null): string {
  const { machine, hostInfo } = environment;
  const hosts = hostInfo.map(({ role, cpus: cores, memoryBytes }) => {
    const memory = memoryBytes === null ? 'all' : `${Math.round(memoryBytes / GIB)} GiB`;
    return `${role} ${cores ?? 'all'}/${memory}`;
  });
  const os = /^(\S+ \d+\.\d+)/.exec(machine.os)?.[1] ?? machine.os;
  const own = `${machine.cpus} CPU, ${Math.round(machine.memoryBytes / GIB)} GiB, ${os}`;
  return [target, own, ...hosts, ...(cpuModel === null ? [] : [cpuModel])].join(' · ');
}

/** Of this machine; null where the system does not tell. */
export function ownCpuModel(): string | null {
  const model = cpus()[0]?.model.trim() ?? '';
  return model === '' ? null : model;
}
