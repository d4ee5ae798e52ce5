import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asSecret, SIGNATURE } from '../../../infra/provider-kit/wire.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import { COPY, startCommandFixture, type CommandFixture } from './command-plugin-fixture.ts';

const ASSET = { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17' };

describe.skipIf(!needsSshd('to copy files to'))('remote.CopyToRemote of the stand-in', () => {
  let fixture: CommandFixture;

  beforeAll(async () => {
    fixture = await startCommandFixture();
  });
  afterAll(() => fixture.stop());

  /** Copies a file of such a content to a new path below the fixture's folder, and returns that path. */
  async function copied(content: string, to: string): Promise<string> {
    const [path, remotePath] = [join(fixture.folder, 'source'), join(fixture.folder, to)];
    await writeFile(path, content);
    const { connection } = fixture;
    const source = { ...ASSET, path };
    const { id, outs } = await fixture.plugin.create(COPY, { connection, source, remotePath });
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(outs).toEqual({ connection: asSecret(connection), source, remotePath });
    return remotePath;
  }

  it('copies a file to a path, makes the folders that lead there, and overwrites', async () => {
    const content = 'größe'.repeat(100_000);
    const path = await copied(content, "file/a b/it's");
    expect(await readFile(path, 'utf8')).toBe(content);
    await copied('x', "file/a b/it's");
    expect(await readFile(path, 'utf8')).toBe('x');
  });

  it('says what it could not copy, and where', async () => {
    await copied('x', 'taken');
    await expect(copied('x', 'taken/below')).rejects.toThrow(/cannot make the folder .*taken on the host/);
    await mkdir(join(fixture.folder, 'folder'));
    await expect(copied('x', 'folder')).rejects.toThrow(/cannot copy .*source to .*folder on the host/);
    const absent = { ...ASSET, path: join(fixture.folder, 'absent') };
    const inputs = { connection: fixture.connection, source: absent, remotePath: '/tmp/x' };
    await expect(fixture.plugin.create(COPY, inputs)).rejects.toThrow(/ENOENT.*absent/);
  });

  it('copies again only where the content, the path or the host is another', async () => {
    const path = await copied('first', 'update');
    const source = join(fixture.folder, 'source');
    const inputs = (hash: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
      connection: fixture.connection,
      source: { ...ASSET, hash, path: source },
      remotePath: path,
      ...more,
    });
    await writeFile(source, 'second');
    await fixture.plugin.update(COPY, inputs('1'), inputs('1'));
    expect(await readFile(path, 'utf8')).toBe('first');
    // In its state the engine keeps no content.
    await fixture.plugin.update(COPY, inputs('1', { source: { ...ASSET, hash: '1' } }), inputs('2'));
    expect(await readFile(path, 'utf8')).toBe('second');
    const elsewhere = { connection: { ...fixture.connection, host: 'localhost' } };
    await fixture.plugin.update(COPY, inputs('2', elsewhere), inputs('2', { remotePath: `${path}2` }));
    expect(await readFile(`${path}2`, 'utf8')).toBe('second');
  });

  it('leaves what it copied when it is deleted', async () => {
    const path = await copied('x', 'stays');
    const source = { ...ASSET, path: join(fixture.folder, 'source') };
    await fixture.plugin.delete(COPY, { connection: fixture.connection, source, remotePath: path });
    expect(await readFile(path, 'utf8')).toBe('x');
  });
});
