import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { CLI_VERSION } from '../../../infra/pulumi/engine/versions.ts';
import { archiveName } from '../../../scripts/setup/engine/release.ts';
import { cliScript, type FakeMachine } from './fake-engine.ts';

/** An official release on this machine: the archive and the list of checksums. `sum` stands in for the true one. */
export async function releaseServer(machine: FakeMachine, sum?: string): Promise<string> {
  await machine.program('pulumi', cliScript(CLI_VERSION), 'release/pulumi');
  await machine.program('pulumi-language-nodejs', '', 'release/pulumi');
  await machine.program('pulumi-language-python', '', 'release/pulumi');
  const archive = archiveName() ?? '';
  const file = join(machine.dir, 'release', archive);
  await execa('tar', ['-czf', file, '-C', join(machine.dir, 'release'), 'pulumi']);
  const bytes = await readFile(file);
  const sha256 = sum ?? createHash('sha256').update(bytes).digest('hex');
  return serve({
    [`/pulumi-${CLI_VERSION}-checksums.txt`]: `${'0'.repeat(64)}  other.tar.gz\n${sha256}  ${archive}\n`,
    [`/${archive}`]: bytes,
  });
}

/** The base address of a server with these files and no others. */
export async function serve(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? ''];
    response.statusCode = body === undefined ? 404 : 200;
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
