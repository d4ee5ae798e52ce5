import { posix } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import type { Session } from './dial.ts';

/** SSH_FX_NO_SUCH_FILE */
const NO_SUCH_FILE = 2;
const PARALLEL_WRITES = 32;

/** The files of a host. Every call ends with the session at the latest; errors name the path on the host. */
export class RemoteFiles {
  private readonly session: Session;
  private readonly sftp: SFTPWrapper;

  private constructor(session: Session, sftp: SFTPWrapper) {
    this.session = session;
    this.sftp = sftp;
  }

  static async open(session: Session): Promise<RemoteFiles> {
    const sftp = await awaited<SFTPWrapper>(session.signal, (done) => session.client.sftp(done)).catch(
      (error: unknown) => {
        session.signal.throwIfAborted();
        throw new Error(
          `the host offers no SFTP (${(error as Error).message}): it needs a line such as ` +
            "'Subsystem sftp internal-sftp' in its sshd_config",
        );
      },
    );
    return new RemoteFiles(session, sftp);
  }

  /** What stands at a path, links followed; undefined where nothing does. */
  async kind(path: string): Promise<'folder' | 'file' | undefined> {
    try {
      const stats = await awaited<{ isDirectory(): boolean }>(this.session.signal, (done) => {
        this.sftp.stat(path, done);
      });
      return stats.isDirectory() ? 'folder' : 'file';
    } catch (error) {
      if ((error as { code?: unknown }).code === NO_SUCH_FILE) return undefined;
      throw this.failed(`cannot look at ${path}`, error);
    }
  }

  /** Makes a folder and what leads to it, where they do not exist yet. */
  async makeFolder(path: string): Promise<void> {
    const kind = await this.kind(path);
    if (kind === 'folder') return;
    if (kind === 'file') throw new Error(`${path} exists on the host but is not a folder`);
    const parent = posix.dirname(path);
    if (parent !== path) await this.makeFolder(parent);
    try {
      await awaited(this.session.signal, (done) => {
        this.sftp.mkdir(path, done);
      });
    } catch (error) {
      // Another copy may have made it meanwhile.
      if ((await this.kind(path)) !== 'folder') throw this.failed(`cannot make the folder ${path}`, error);
    }
  }

  async putFile(localPath: string, path: string): Promise<void> {
    await awaited(this.session.signal, (done) => {
      this.sftp.fastPut(localPath, path, { concurrency: PARALLEL_WRITES }, done);
    }).catch((error: unknown) => {
      throw this.failed(`cannot copy ${localPath} to ${path}`, error);
    });
  }

  async putText(text: string, path: string): Promise<void> {
    await awaited(this.session.signal, (done) => {
      this.sftp.writeFile(path, text, done);
    }).catch((error: unknown) => {
      throw this.failed(`cannot write ${path}`, error);
    });
  }

  private failed(what: string, error: unknown): Error {
    this.session.signal.throwIfAborted();
    return new Error(`${what} on the host: ${(error as Error).message}`, { cause: error });
  }
}

type Done<T> = (error?: Error | null, value?: T) => void;

function awaited<T = void>(signal: AbortSignal, work: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work((error, value) => {
      signal.removeEventListener('abort', onAbort);
      if (error) reject(error);
      else resolve(value as T);
    });
  });
}
