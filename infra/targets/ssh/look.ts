import type { SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import { asRootOn, scriptOf } from './on-host.ts';
import type { OwnHost } from './own-hosts.ts';

const LOOK_SECONDS = 2;
/** USER_HZ, which Linux gives to everybody on every architecture that has Node.js. */
const TICKS_PER_SECOND = 100;

/** A PostgreSQL on the host that is not ours. */
export interface ForeignServer {
  readonly pid: number;
  /** 0 where it does not say. */
  readonly port: number;
  readonly dataDir: string;
  readonly clients: number;
  /** Of one CPU, over two seconds: 1 = one CPU all the time. */
  readonly cpuShare: number;
}

/** A host as it was when it was looked at. */
export interface HostFacts {
  readonly host: OwnHost;
  readonly name: string;
  readonly system: string;
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  readonly availableBytes: number;
  readonly freeDiskBytes: number;
  /** Over one, five and fifteen minutes. */
  readonly load: string;
  readonly bootId: string;
  readonly hasUseradd: boolean;
  readonly node: { readonly path: string; readonly version: string } | undefined;
  /** Every PostgreSQL that is installed. */
  readonly postgres: readonly {
    readonly binDir: string;
    readonly version: string;
    readonly statistics: boolean;
  }[];
  /** Installed packages of Debian's for it. */
  readonly packages: ReadonlySet<string>;
  readonly portsTaken: ReadonlySet<number>;
  readonly servers: readonly ForeignServer[];
}

/** Looks at a host, which takes two seconds where a PostgreSQL runs on it; changes nothing there. @throws as `asRootOn` */
export async function lookAtHost(
  host: OwnHost,
  settings: SshSettings,
  signal: AbortSignal,
): Promise<HostFacts> {
  const { folder, binDir = '', node = '' } = settings;
  const variables = { base: folder, bin_dir: binDir, node, look_s: String(LOOK_SECONDS) };
  return parseLook(host, await asRootOn(host, scriptOf('look.sh', variables), signal));
}

export function parseLook(host: OwnHost, text: string): HostFacts {
  const lines = text.split('\n').map((line) => line.split('\t') as [string, string?]);
  const all = (key: string): string[] =>
    lines.filter(([name]) => name === key).map(([, value = '']) => value);
  const one = (key: string): string => all(key)[0] ?? '';
  const bytes = (key: string): number => Number(one(key)) * 1024;
  const [node = '', version = ''] = one('node').split(' ');
  return {
    host,
    name: one('name'),
    system: one('system'),
    cpuModel: one('cpu'),
    load: one('load'),
    cpus: Number(one('cpus')) || 1,
    bootId: one('boot'),
    hasUseradd: one('useradd') !== '',
    memoryBytes: bytes('memory_kb'),
    availableBytes: bytes('available_kb'),
    freeDiskBytes: bytes('free_kb'),
    node: node === '' ? undefined : { path: node, version },
    postgres: all('postgres').flatMap((line) => {
      const [, statistics, binDir = '', said = ''] =
        /^(yes|no) (\S+) .*\(PostgreSQL\) (\S+)/.exec(line) ?? [];
      return said === '' ? [] : [{ binDir, version: said, statistics: statistics === 'yes' }];
    }),
    packages: new Set(one('packages').split(' ')),
    portsTaken: new Set(
      one('ports')
        .split(' ')
        .map((hex) => Number.parseInt(hex, 16)),
    ),
    servers: all('server').flatMap((line) => {
      const [, pid, port, clients, ticks, dataDir = ''] = /^(\d+) (\d+) (\d+) (-?\d+) (.+)$/.exec(line) ?? [];
      const cpuShare = Math.max(0, Number(ticks)) / TICKS_PER_SECOND / LOOK_SECONDS;
      return dataDir === ''
        ? []
        : [{ pid: Number(pid), port: Number(port), clients: Number(clients), cpuShare, dataDir }];
    }),
  };
}
