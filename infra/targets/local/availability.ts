import { asError } from '../../../scripts/shared/errors.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { currentPidSpace, identityOf } from '../../process-identity.ts';
import type { Availability } from '../../contract/target.ts';
import { NETWORK_ROLE, variablesOf } from './parts/part-names.ts';
import { filterFromMachine } from './network/packet-filter.ts';
import { epochSeconds, ownerText } from './parts/part-owner.ts';
import { canBeRoot, runAsRoot, scriptWith } from './privileged.ts';
import { findSshd } from './sshd/sshd.ts';

const PROBE_TIMEOUT_MS = 20_000;

interface Lack {
  readonly why: string;
  readonly remedy: string;
}

/** By the first word that the probe says. */
const LACKS: Readonly<Record<string, (what: string) => Lack>> = {
  program: (what) => ({
    why: `${what} is missing`,
    remedy: 'install iproute2, util-linux, findutils and mawk',
  }),
  cgroups: () => ({
    why: 'the cgroup controllers memory, cpu and pids cannot be used',
    remedy:
      'run outside of a container, or in one that may write /sys/fs/cgroup (docker run --privileged --cgroupns=host)',
  }),
  overlay: () => ({
    why: 'the kernel mounts no overlay of this machine',
    remedy: 'sudo modprobe overlay, or in a container: docker run --privileged',
  }),
  network: () => ({
    why: 'the kernel lacks network namespaces, bridges, veth, or packet filters of tc',
    remedy: 'sudo modprobe -a bridge veth sch_ingress cls_bpf, or in a container: docker run --privileged',
  }),
};

/** Can this machine make local hosts? It is tried out, in a few hundred milliseconds and leaving nothing. */
export async function localAvailability(): Promise<Availability> {
  if (process.platform !== 'linux') {
    return {
      available: false,
      why: `its hosts are Linux namespaces, and this is ${process.platform}`,
      remedy: 'run it on Linux, or use target embedded',
    };
  }
  if (!(await canBeRoot())) {
    return {
      available: false,
      why: 'making hosts takes root, and sudo asks for a password (or is not there)',
      remedy: 'run as root, or let this user use sudo without a password',
    };
  }
  const sshd = await findSshd();
  const lacks = [...(await probe()), ...('path' in sshd ? [] : [{ why: sshd.missing, remedy: sshd.remedy }])];
  if (lacks.length === 0 && 'path' in sshd) {
    const from = sshd.origin === 'system' ? 'this machine' : 'the cache';
    return { available: true, detail: `hosts as namespaces of this machine, with sshd from ${from}` };
  }
  const remedies = new Set(lacks.map(({ remedy }) => remedy));
  return {
    available: false,
    why: lacks.map(({ why }) => why).join('; '),
    remedy: [...remedies].join('; '),
  };
}

async function probe(): Promise<Lack[]> {
  const controller = (await identityOf(process.pid)) ?? null;
  const part = { runId: newRunId('probe'), role: NETWORK_ROLE };
  const expires = epochSeconds(new Date(Date.now() + PROBE_TIMEOUT_MS));
  const variables = {
    ...variablesOf(part),
    OWNER: ownerText(controller, await currentPidSpace()),
    EXPIRES: expires,
    KEEPER: '',
  };
  const limits = { CPU_PERCENT: 100, MEMORY_BYTES: 64 * 1024 ** 2, DISK_BYTES_PER_SEC: '', DISK_DEVICE: '' };
  const script = scriptWith(
    { ...variables, ...limits, FROM_MACHINE: filterFromMachine() },
    'claims',
    'cgroups',
    'common',
    'probe',
  );
  try {
    const { lines, complaint } = await runAsRoot(script, { timeoutMs: PROBE_TIMEOUT_MS });
    if (lines.at(-1) !== 'done')
      return [{ why: complaint, remedy: 'check that bash works and the state folder may be written' }];
    return lines.flatMap((line) => {
      const [word, kind = '', ...what] = line.split(' ');
      const lack = word === 'missing' ? LACKS[kind]?.(what.join(' ')) : undefined;
      return lack ? [lack] : [];
    });
  } catch (error) {
    return [{ why: asError(error).message, remedy: 'check that bash works as root' }];
  }
}
