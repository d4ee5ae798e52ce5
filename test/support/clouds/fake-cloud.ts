import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CloudName } from '../../../infra/clouds/cloud.ts';
import { withoutForeign } from '../../../scripts/shared/descriptors.ts';
import { FAKE_ENVIRONMENT, FAKES } from './fakes.ts';
import { parseFaults, startFake, type FakeCloud } from './fake-server.ts';
import { LocalMachines } from './machines.ts';

/*
 * npm run fake-cloud -- raff <command…>: the command rents of a fake whose VMs are hosts of this machine. FAKE_FAULTS says what goes
 * wrong (`POST /vms#1:drop`), FAKE_CREATE_MS how long a VM takes, FAKE_LAG_MS how long lists lag behind after the faults that make them, REHEARSE_CLOUD_DOCUMENTS where the published documents are.
 */

/** As long as a cloud may take. */
const LAG_MS = 10_000;

const [cloud, ...command] = process.argv.slice(2);
if (cloud === undefined || !(cloud in FAKES) || command[0] === undefined) {
  process.stderr.write(`usage: npm run fake-cloud -- ${Object.keys(FAKES).join('|')} <command…>\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(cloud as CloudName, command[0], command.slice(1));
}

async function run(name: CloudName, program: string, args: readonly string[]): Promise<number> {
  const fake = await startFake({
    cloud: name,
    make: FAKES[name],
    machines: new LocalMachines(),
    faults: parseFaults(process.env['FAKE_FAULTS'] ?? ''),
    createMs: Number(process.env['FAKE_CREATE_MS'] ?? 0),
    lagMs: Number(process.env['FAKE_LAG_MS'] ?? LAG_MS),
  });
  const ignored = (): void => undefined; // Ctrl-C is the command's, which tidies up; then so does this
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, ignored);
  try {
    const child = spawn(program, args, {
      env: { ...process.env, ...FAKE_ENVIRONMENT[name](fake.url) },
      stdio: withoutForeign('inherit', 'inherit', 'inherit'),
    });
    const [code] = (await once(child, 'close')) as [number | null];
    const left = fake.api.left();
    const lines = [
      `fake ${name}: ${fake.requests.length} requests, ${checkedText(name, fake)}`,
      ...(process.env['FAKE_VERBOSE'] === undefined ? [] : fake.requests.map((one) => `  ${one}`)),
      ...fake.violations.map((one) => `  violation: ${one}`),
      `fake ${name}: ${fake.api.hostsMade} hosts made, ${fake.api.twins().length} twice, ${left.length} things left${left.length === 0 ? '' : `: ${left.join(', ')}`}`,
    ];
    process.stderr.write(`${lines.join('\n')}\n`);
    const isClean = left.length === 0 && fake.violations.length === 0 && fake.api.twins().length === 0;
    return code !== 0 ? (code ?? 1) : isClean ? 0 : 1;
  } finally {
    await fake.close();
  }
}

function checkedText(name: CloudName, { document, violations }: FakeCloud): string {
  if (document !== undefined) return `${violations.length} violations of ${document}`;
  return `NOT CHECKED against any document: REHEARSE_CLOUD_DOCUMENTS names no folder with ${name}-…`;
}
