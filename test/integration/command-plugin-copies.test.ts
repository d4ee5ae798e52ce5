import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSshServer } from '../../infra/command-plugin/ssh/ssh-server-fixture.ts';
import { asSecret, SIGNATURE } from '../../infra/provider-kit/wire.ts';
import { needsSshd } from '../support/sshd.ts';
import { COPY, startCommandFixture, type CommandFixture } from './command-plugin-fixture.ts';

const ASSET = { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17' };
const ARCHIVE = { [SIGNATURE]: '0def7320c3a5731c473e5ecbe6d01bc7' };

describe.skipIf(!needsSshd('to copy files to'))('remote.CopyToRemote of the stand-in', () => {
  let fixture: CommandFixture;
  let source: string;

  beforeAll(async () => {
    fixture = await startCommandFixture();
    source = join(fixture.folder, 'source');
    await mkdir(join(source, 'deep', 'empty'), { recursive: true });
    await writeFile(join(source, 'one'), 'one');
    await writeFile(join(source, 'deep', 'two'), Buffer.alloc(300_000, 'two'));
    await symlink('one', join(source, 'link'));
  });
  afterAll(async () => {
    await fixture.stop();
  });

  /** Copies to a new path below the fixture's folder and returns that path. */
  async function copied(from: Record<string, unknown>, to: string): Promise<string> {
    const remotePath = join(fixture.folder, to);
    const { connection } = fixture;
    const { id, outs } = await fixture.plugin.create(COPY, { connection, source: from, remotePath });
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(outs).toEqual({ connection: asSecret(connection), source: from, remotePath });
    return remotePath;
  }

  it('copies a file to a path, makes the folders that lead there, and overwrites', async () => {
    const path = await copied({ ...ASSET, path: join(source, 'one') }, 'file/a/b');
    expect(await readFile(path, 'utf8')).toBe('one');
    await copied({ ...ASSET, text: 'x' }, 'file/a/b');
    expect(await readFile(path, 'utf8')).toBe('x');
  });

  it('copies a file into a folder that exists', async () => {
    await mkdir(join(fixture.folder, 'into'));
    const path = await copied({ ...ASSET, path: join(source, 'one') }, 'into');
    expect(await readdir(path)).toEqual(['one']);
  });

  it('writes a text, an empty one too, but not over a folder', async () => {
    expect(await readFile(await copied({ ...ASSET, text: 'größe' }, 'text/new'), 'utf8')).toBe('größe');
    expect(await readFile(await copied({ ...ASSET, text: '' }, 'text/empty'), 'utf8')).toBe('');
    await expect(copied({ ...ASSET, text: 'x' }, 'text')).rejects.toThrow(/is a folder on the host/);
  });

  it('copies a folder into the path, and what it holds where its path ends with a slash', async () => {
    const path = await copied({ ...ARCHIVE, path: source }, 'folder/x');
    expect(await readdir(path)).toEqual(['source']);
    const contents = await copied({ ...ARCHIVE, path: `${source}/` }, 'folder/y');
    expect((await readdir(contents)).sort()).toEqual(['deep', 'link', 'one']);
    expect(await readFile(join(contents, 'deep', 'two'))).toEqual(
      await readFile(join(source, 'deep', 'two')),
    );
    expect((await stat(join(contents, 'deep', 'empty'))).isDirectory()).toBe(true);
    expect(await readFile(join(contents, 'link'), 'utf8')).toBe('one');
    // Once more, over what is there.
    await copied({ ...ARCHIVE, path: source }, 'folder/x');
  });

  it('refuses to put a folder where a file is, and says where', async () => {
    await copied({ ...ASSET, text: 'x' }, 'taken');
    await expect(copied({ ...ARCHIVE, path: source }, 'taken')).rejects.toThrow(
      /taken exists on the host but is not a folder/,
    );
    await expect(copied({ ...ASSET, path: join(source, 'absent') }, 'y')).rejects.toThrow(/ENOENT.*absent/);
  });

  it('copies again only where the content, the path or the host is another', async () => {
    const path = await copied({ ...ASSET, hash: '1', text: 'first' }, 'update');
    const inputs = (hash: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
      connection: fixture.connection,
      source: { ...ASSET, hash, text: `text ${hash}` },
      remotePath: path,
      ...more,
    });
    await fixture.plugin.update(COPY, inputs('1'), inputs('1'));
    expect(await readFile(path, 'utf8')).toBe('first');
    // In its state the engine keeps no content.
    await fixture.plugin.update(COPY, inputs('1', { source: { ...ASSET, hash: '1' } }), inputs('2'));
    expect(await readFile(path, 'utf8')).toBe('text 2');
    const elsewhere = { connection: { ...fixture.connection, host: 'localhost' } };
    await fixture.plugin.update(COPY, inputs('2', elsewhere), inputs('2', { remotePath: `${path}2` }));
    expect(await readFile(`${path}2`, 'utf8')).toBe('text 2');
  });

  it('says what a host without SFTP needs', async () => {
    const server = await startSshServer();
    try {
      const connection = { host: '127.0.0.1', port: server.port, dialErrorLimit: 0 };
      const creating = fixture.plugin.create(COPY, {
        connection,
        source: { ...ASSET, text: 'x' },
        remotePath: '/tmp/x',
      });
      await expect(creating).rejects.toThrow(/offers no SFTP .*Subsystem sftp internal-sftp/);
    } finally {
      await server.stop();
    }
  });

  it('leaves what it copied when it is deleted', async () => {
    const path = await copied({ ...ASSET, text: 'x' }, 'stays');
    await fixture.plugin.delete(COPY, {
      connection: fixture.connection,
      source: { ...ASSET, text: 'x' },
      remotePath: path,
    });
    expect(await readFile(path, 'utf8')).toBe('x');
  });
});
