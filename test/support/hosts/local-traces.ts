import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  CLAIMS_ROOT,
  linkOf,
  routeMarkOf,
  stateRoot,
} from '../../../infra/targets/local/parts/part-names.ts';

/**
 * Everything of a run of local hosts that this machine still has, as sentences: namespaces, mounts, cgroups, interfaces,
 * routes, processes, folders. Empty = nothing stayed. It looks at the machine itself, not through the code under test.
 */
export function localTraces(runId: string): string[] {
  const routes = execFileSync('ip', ['-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' });
  const links = execFileSync('ip', ['link', 'show'], { encoding: 'utf8' });
  return [
    ...list('/run/netns', (name) => name.includes(runId)).map((name) => `namespace ${name}`),
    ...lines(readFileSync('/proc/self/mounts', 'utf8'), runId).map((line) => `mount ${line}`),
    ...cgroups(runId),
    ...lines(links, linkOf(runId)).map((line) => `link ${line}`),
    ...lines(links, `rehearse ${runId} `).map((line) => `alias ${line}`),
    ...lines(routes, linkOf(runId), `window ${routeMarkOf(runId)} `).map((line) => `route ${line}`),
    ...processes(runId),
    ...list(stateRoot(), (name) => name.startsWith(`${runId}.`)).map(
      (name) => `folder ${stateRoot()}/${name}`,
    ),
    ...list(CLAIMS_ROOT, (name) => name.startsWith(`${runId}.`)).map((name) => `claim ${name}`),
  ];
}

function cgroups(runId: string): string[] {
  const trees = [
    '/sys/fs/cgroup',
    ...list('/sys/fs/cgroup', () => true).map((tree) => `/sys/fs/cgroup/${tree}`),
  ];
  const found = trees.flatMap((tree) =>
    list(tree, (name) => name.startsWith(`rehearse.${runId}.`)).map((name) => `${tree}/${name}`),
  );
  return found.map((dir) => `cgroup ${dir}`);
}

function lines(text: string, ...parts: readonly string[]): string[] {
  return text.split('\n').filter((line) => parts.some((part) => `${line} `.includes(part)));
}

function list(dir: string, wanted: (name: string) => boolean): string[] {
  try {
    return readdirSync(dir).filter(wanted);
  } catch {
    return [];
  }
}

/** By arguments and by cgroup: a process of a host may call itself what it likes. */
function processes(runId: string): string[] {
  return list('/proc', (name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const marked = /rehearse-(keeper|host)/.test(command) && command.includes(` ${runId} `);
      const inside = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/rehearse.${runId}.`);
      return marked || inside ? [`process ${pid} ${command.slice(0, 200)}`] : [];
    } catch {
      return [];
    }
  });
}
