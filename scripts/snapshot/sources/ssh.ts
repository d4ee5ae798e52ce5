import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { withoutForeign } from '../../shared/descriptors.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { findOnPath } from '../../shared/files/find-on-path.ts';
import { notFound, refused, SourceCut, type OpenedSource, type RemoteSource } from './remote-source.ts';

const CONNECT_S = 20;
/** How ssh itself ends where it could not connect or was cut (ssh(1), EXIT STATUS). */
const SSH_FAILED = 255;
const NO_FILE = 66;
const NOT_A_FILE = 67;
const NOT_READABLE = 68;
const LONGEST_HEAD = 200;

/**
 * A file on a host, read by the user's own `ssh`: its configuration, agent, jump hosts and known hosts count. The host needs a
 * shell, `tail` and `wc`.
 */
export function sshSource(url: URL): RemoteSource {
  const path = decodeURIComponent(url.pathname);
  const shown = `ssh://${url.host}${url.pathname}`;
  return {
    shown,
    resumes: true,
    async open(from, signal) {
      const program = await findOnPath('ssh');
      if (program === undefined)
        throw new RehearsalError(
          'CONNECTION_FAILED',
          `the snapshot ${shown} needs the program ssh, and it is not here`,
          {
            hint: 'apt-get install openssh-client, or copy the dump to this machine',
          },
        );
      const child = spawn(program, [...argumentsFor(url), scriptFor(path, from)], {
        stdio: withoutForeign('ignore', 'pipe', 'pipe'),
      });
      return openedOf(new SshReading(child, shown, signal), from);
    },
  };
}

function argumentsFor(url: URL): string[] {
  const options = [
    'BatchMode=yes',
    `ConnectTimeout=${CONNECT_S}`,
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
  ];
  const user = url.username === '' ? [] : ['-l', decodeURIComponent(url.username)];
  const port = url.port === '' ? [] : ['-p', url.port];
  return [
    ...options.flatMap((option) => ['-o', option]),
    ...user,
    ...port,
    '--',
    url.hostname.replace(/^\[|\]$/g, ''),
  ];
}

/** First a line with size and version, then the bytes. GNU and BSD write stat's format differently. */
function scriptFor(path: string, from: number): string {
  const lines = [
    `f=${shellWord(path)}`,
    `[ -e "$f" ] || exit ${NO_FILE}`,
    `[ -f "$f" ] || exit ${NOT_A_FILE}`,
    `[ -r "$f" ] || exit ${NOT_READABLE}`,
    `echo "$(wc -c <"$f" | tr -d ' ') $(stat -c '%Y-%i' "$f" 2>/dev/null || stat -f '%m-%i' "$f")"`,
    `exec tail -c +${from + 1} "$f"`,
  ];
  return `exec sh -c ${shellWord(lines.join('\n'))}`; // the user's own shell may be another one
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One run of ssh: what it gives, and what its end means. */
class SshReading {
  readonly #child: ChildProcess;
  readonly #shown: string;
  readonly #ended: Promise<number | null>;
  #complaint = '';

  constructor(child: ChildProcess, shown: string, signal: AbortSignal) {
    this.#child = child;
    this.#shown = shown;
    this.#ended = once(child, 'close').then(([code]: unknown[]) => code as number | null);
    this.#ended.catch(() => undefined);
    child.stderr?.on(
      'data',
      (chunk: Buffer) => (this.#complaint = (this.#complaint + chunk.toString()).slice(-500)),
    );
    const end = (): void => void child.kill();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  }

  /** @throws SourceCut, or an error that no further try would mend */
  async *bytes(): AsyncGenerator<Buffer> {
    yield* this.#child.stdout as AsyncIterable<Buffer>;
    const code = await this.#ended;
    if (code !== 0) throw this.#failure(code);
  }

  #failure(code: number | null): Error {
    const said = this.#complaint.trim().split('\n').at(-1)?.trim() ?? '';
    if (code === NO_FILE) return notFound(this.#shown, 'the host has no such file');
    if (code === NOT_A_FILE)
      return new RehearsalError('SNAPSHOT_INVALID', `${this.#shown} is not a file`, {
        hint: 'name an archive in one file: pg_dump --format=custom',
      });
    if (code === NOT_READABLE) return refused(this.#shown, 'its mode forbids it', 'let the SSH user read it');
    if (/permission denied|host key verification failed|no matching/i.test(said))
      return refused(this.#shown, said, `try it by hand: ssh ${new URL(this.#shown).hostname} true`);
    if (code === SSH_FAILED || code === null) return new SourceCut(said === '' ? 'ssh was cut' : said);
    return new RehearsalError('CONNECTION_FAILED', `the snapshot ${this.#shown} cannot be read: ${said}`);
  }
}

async function openedOf(reading: SshReading, from: number): Promise<OpenedSource> {
  const bytes = reading.bytes();
  let head = Buffer.alloc(0);
  while (!head.includes('\n')) {
    const next = await bytes.next();
    if (next.done === true || head.length > LONGEST_HEAD)
      throw new SourceCut('the host ended without an answer');
    head = Buffer.concat([head, next.value]);
  }
  const end = head.indexOf('\n');
  const [size, version = ''] = head.toString('latin1', 0, end).split(' ');
  return {
    bytes: withHead(head.subarray(end + 1), bytes),
    startsAt: from,
    sizeBytes: Number(size),
    version: version === '' ? null : version,
  };
}

async function* withHead(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}
