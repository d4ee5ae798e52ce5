import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../../test/support/needs.ts';

const run = promisify(execFile);
const LIMIT = { timeout: 30_000 };
/** How long a connection that nobody answers is waited for. */
const CONNECT_MS = 1_000;
const [SUBNET, HOST, NEIGHBOUR] = ['10.89.7.0/24', '10.89.7.10', '10.89.7.11'];
const [PUBLIC, CONTROLLER, STRANGER] = ['203.0.113.10', '203.0.113.1', '203.0.113.66'];
const [SSH, POSTGRES, WEB] = [22, 5432, 80];

const LISTEN = `const ports = process.argv.slice(1).map(Number);
let left = ports.length;
for (const port of ports) require('node:net').createServer((one) => one.end()).listen(port, '::', () => --left || console.log('listening'));`;
const CONNECT = `const [host, port, localAddress] = process.argv.slice(1);
const socket = require('node:net').connect({ host, port: Number(port), localAddress });
const end = (how) => { console.log(how); process.exit(); };
socket.on('connect', () => end('open')).on('error', ({ code }) => end(code));
setTimeout(() => end('no answer'), ${CONNECT_MS});`;

const canFilter = async (): Promise<boolean> =>
  needs('nft', 'to try a firewall') &&
  (await run('unshare', ['--net', 'nft', 'list', 'ruleset'], LIMIT).then(
    () => true,
    () => false,
  ));

/** Two network namespaces: a host that has the firewall, and all that is around it. */
describe.runIf(await canFilter())('the firewall of a rented host', () => {
  const processes: ChildProcess[] = [];
  let host: number;
  let world: number;

  const started = async (program: string, args: string[]): Promise<number> => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    processes.push(child);
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('error', reject);
      child.once('exit', () => {
        reject(new Error(`${program} ended`));
      });
    });
    return child.pid!;
  };
  const inNet = (pid: number): string[] => ['--target', String(pid), '--net', '--'];
  const listen = (pid: number, ports: readonly number[]): Promise<number> =>
    started('nsenter', [...inNet(pid), process.execPath, '-e', LISTEN, ...ports.map(String)]);
  const reach = async (pid: number, from: string, to: string, port: number): Promise<string> => {
    const args = [...inNet(pid), process.execPath, '-e', CONNECT, to, String(port), from];
    return (await run('nsenter', args, LIMIT)).stdout.trim();
  };

  beforeAll(async () => {
    const holder = ['--net', 'sh', '-c', 'ip link set lo up; echo up; exec sleep 120'];
    [host, world] = [await started('unshare', holder), await started('unshare', holder)];
    const link = `set -e
ip link add inner type veth peer name inner netns ${world}
ip link add outer type veth peer name outer netns ${world}
ip addr add ${HOST}/24 dev inner; ip addr add ${PUBLIC}/24 dev outer
ip link set inner up; ip link set outer up; ip route add default via ${CONTROLLER}`;
    const around = `set -e
ip addr add ${NEIGHBOUR}/24 dev inner
ip addr add ${CONTROLLER}/24 dev outer; ip addr add ${STRANGER}/24 dev outer
ip link set inner up; ip link set outer up`;
    await run('nsenter', [...inNet(host), 'sh', '-c', link], LIMIT);
    await run('nsenter', [...inNet(world), 'sh', '-c', around], LIMIT);
    await listen(host, [SSH, POSTGRES]);
    await listen(world, [SSH, POSTGRES, WEB]);
    const script = await readFile(new URL('firewall.sh', import.meta.url), 'utf8');
    const env = { PATH: process.env['PATH'], SSH_CONNECTION: `${CONTROLLER} 40000 ${PUBLIC} 22` };
    const whole = `set -eu; fail() { echo "$2" >&2; exit 1; }; subnet=${SUBNET}\n${script}`;
    // Twice, as after an interrupted update.
    for (let times = 0; times < 2; times++)
      await run('nsenter', [...inNet(host), 'sh', '-c', whole], { ...LIMIT, env });
  });
  afterAll(() => {
    for (const one of processes) one.kill('SIGKILL');
  });

  it('lets in SSH from the controller and all from the private network, and out only what is for that', async () => {
    const ways: [string, Promise<string>][] = [
      ['SSH from the controller', reach(world, CONTROLLER, PUBLIC, SSH)],
      ['SSH from elsewhere', reach(world, STRANGER, PUBLIC, SSH)],
      ['PostgreSQL from the controller', reach(world, CONTROLLER, PUBLIC, POSTGRES)],
      ['PostgreSQL from elsewhere', reach(world, STRANGER, PUBLIC, POSTGRES)],
      ['SSH from the private network', reach(world, NEIGHBOUR, HOST, SSH)],
      ['PostgreSQL from the private network', reach(world, NEIGHBOUR, HOST, POSTGRES)],
      ['out to the private network', reach(host, HOST, NEIGHBOUR, POSTGRES)],
      ['out to the controller', reach(host, PUBLIC, CONTROLLER, SSH)],
      ['out to the web', reach(host, PUBLIC, STRANGER, WEB)],
    ];
    const ends = await Promise.all(ways.map(async ([way, end]) => `${way}: ${await end}`));
    expect(ends).toEqual([
      'SSH from the controller: open',
      'SSH from elsewhere: no answer',
      'PostgreSQL from the controller: no answer',
      'PostgreSQL from elsewhere: no answer',
      'SSH from the private network: open',
      'PostgreSQL from the private network: open',
      'out to the private network: open',
      'out to the controller: no answer',
      'out to the web: no answer',
    ]);
  });
});
