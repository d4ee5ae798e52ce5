import { randomBytes } from 'node:crypto';
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { registerSecret } from '../../../scripts/shared/text/redact.ts';
import { Keeper } from '../../keeper.ts';
import type { Environment, EnvironmentSpec, HereEnvironment } from '../../contract/target.ts';
import type { Binaries } from '../../postgres/binaries.ts';
import { EmbeddedBases } from './bases/embedded-bases.ts';
import { makeCell } from './cell/cell.ts';
import { Entrance } from './cell/entrance.ts';
import { namedPaths } from './cell/named-paths.ts';
import { makeRunDir, recordServer } from './make-run-dir.ts';
import { COMMAND_REACH } from './enclosure/command-reach.ts';
import { encloseBeside } from './enclosure/enclose.ts';
import { limitsOf } from './embedded-limits.ts';
import { findFreePort, requirePort } from './free-port.ts';
import { beginOnCopy } from './physical/begin-on-copy.ts';
import type { PhysicalCopy, StartedCopy } from '../../../scripts/snapshot/physical/physical-copy.ts';
import { findBinariesFor } from './physical/find-binaries-for.ts';
import { initData } from './server/init-data.ts';
import { maxConnections } from '../../postgres/connections.ts';
import { DATABASE, LOOPBACK, MAINTENANCE_DATABASE, SUPERUSER } from '../../postgres/names.ts';
import { diskFull } from '../../postgres/start-error.ts';
import { preparePrograms, type Programs } from './programs/prepare-programs.ts';
import { removeRunDir } from './remove-run-dir.ts';
import { runDirOf, type RunDir } from './run-dir.ts';
import { restoreSettings, type Machine, type ServerConfig } from '../../postgres/server-settings.ts';
import { Server } from './server/server.ts';

const PORT_TRIES = 5;

interface Start {
  readonly programs: Programs;
  /** Of the superuser. */
  readonly password: string;
  readonly restore: ServerConfig['restore'];
}

interface Beginning extends Start {
  readonly bases: EmbeddedBases | undefined;
  readonly physical: PhysicalCopy | undefined;
}

interface Started {
  readonly server: Server;
  readonly primary: PgEndpoint;
  readonly copy?: StartedCopy;
}

/** One PostgreSQL as processes of this machine; everything else of it is inside one folder. */
export class EmbeddedEnvironment implements Environment<HereEnvironment> {
  readonly #spec: EnvironmentSpec;
  readonly #dir: RunDir;
  readonly #destroyed = new AbortController();
  /** From the making of the folder to its removal. */
  #keeper: Keeper | undefined;
  #server: Server | undefined;
  #entrance: Entrance | undefined;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(spec: EnvironmentSpec) {
    this.#spec = spec;
    this.#dir = runDirOf(spec.runId);
  }

  /** The server then runs as the rehearsal configures it, so that a wrong setting is found before anything is restored. */
  async up(signal: AbortSignal): Promise<HereEnvironment> {
    return this.#whileAlive(signal, (stop) => this.#create(stop));
  }

  async destroy(): Promise<void> {
    this.#destroyed.abort(
      new RehearsalError('INTERRUPTED', `the environment of ${this.#spec.runId} was removed`),
    );
    await this.#busy.catch(() => undefined);
    await this.#server?.stop(this.#destroyed.signal);
    await this.#entrance?.close();
    this.#entrance = undefined;
    if (!this.#keeper) return;
    await removeRunDir(this.#dir);
    this.#keeper.release();
    this.#keeper = undefined;
  }

  async #create(signal: AbortSignal): Promise<HereEnvironment> {
    const { postgres } = this.#spec;
    const dir = this.#dir;
    const physical = await this.#spec.physical?.();
    const binaries = await findBinariesFor(postgres, physical, signal);
    if (postgres.port !== undefined) await requirePort(postgres.port);
    signal.throwIfAborted();
    await makeRunDir(dir, this.#spec);
    this.#keeper = Keeper.start(dir.runId, dir.path);
    await mkdir(dir.scratch, { mode: 0o700 });
    await mkdir(dir.cell, { mode: 0o700 });
    const named = namedPaths(postgres.settings, process.env['LD_LIBRARY_PATH']);
    const cell = await makeCell(dir, named, signal);
    const programs = await preparePrograms(binaries, dir, cell, signal);
    const password = randomBytes(24).toString('base64url');
    registerSecret(password);
    const bases = await this.#basesOf(binaries, signal);
    const restore = restoreSettings(binaries.major, await machineOf(dir));
    const begun = await this.#begin({ programs, password, restore, bases, physical }, signal);
    const { server, primary, copy } = begun;
    return {
      hosts: 1,
      hostInfo: [],
      engine: 'here',
      created: { server: 1 },
      primary,
      standby: null,
      scratchDir: dir.scratch,
      limits: limitsOf(this.#spec, cell),
      enclose: encloseBeside(dir),
      commandReach: COMMAND_REACH,
      restoreSettings: restore,
      ...(copy && { copy }),
      ...(bases && {
        bases: {
          content: bases.content,
          begun: bases.begun,
          keep: (base, stop) =>
            this.#whileAlive(stop, (both) => bases.keep(base, { server, programs, primary }, both)),
        },
      }),
      switchTo: (mode, stop) => this.#whileAlive(stop, (both) => server.switchTo(mode, both)),
      failed: server.failed,
    };
  }

  async #basesOf(binaries: Binaries, signal: AbortSignal): Promise<EmbeddedBases | undefined> {
    const content = await this.#spec.content?.(signal);
    if (content === undefined) return undefined;
    return EmbeddedBases.of({ content, binaries, asked: this.#spec.postgres.settings }, process.env);
  }

  /** On a copy of a base where there is one that the server starts on, else on a new database. */
  async #begin({ bases, physical, ...start }: Beginning, signal: AbortSignal): Promise<Started> {
    const { programs, password } = start;
    if (await bases?.begin(programs, password, signal)) {
      const started = await this.#start(start, signal).catch(unlessNoServerStarts);
      if (started && (await bases?.fits(started.primary))) return started;
      await started?.server.stop(signal);
      await this.#entrance?.close();
      await bases?.leave(programs);
    }
    if (physical) {
      const copy = await beginOnCopy(physical, programs, password, signal);
      return { ...(await this.#start(start, signal)), copy };
    }
    await initData(programs, password, signal);
    const started = await this.#start(start, signal);
    await withConnection({ ...started.primary, database: MAINTENANCE_DATABASE }, 'setup', (client) =>
      client.query(`create database ${DATABASE}`),
    );
    return started;
  }

  /** A free port may be lost to another program between the look and the start: then another one is tried. */
  async #start({ programs, password, restore }: Start, signal: AbortSignal): Promise<Started> {
    const { postgres, connections } = this.#spec;
    for (let tries = 1; ; tries++) {
      const port = postgres.port ?? (await findFreePort());
      const asked = postgres.settings;
      const config = { port, restore, asked, connections: maxConnections(connections) };
      try {
        return await this.#startAt(programs, config, password, signal);
      } catch (error) {
        const lostRace = error instanceof RehearsalError && error.code === 'PORT_TAKEN';
        if (!lostRace || postgres.port !== undefined || tries === PORT_TRIES) throw error;
      }
    }
  }

  async #startAt(
    programs: Programs,
    config: ServerConfig,
    password: string,
    signal: AbortSignal,
  ): Promise<Started> {
    const entrance = await Entrance.open(this.#dir, programs.cell, config.port);
    const sockets = entrance?.sockets;
    const primary = {
      host: LOOPBACK,
      port: config.port,
      user: SUPERUSER,
      password,
      database: DATABASE,
      ...(sockets ? { socketDir: sockets.dir } : {}),
    };
    const server = new Server({
      programs,
      config,
      sockets,
      endpoint: { ...primary, database: MAINTENANCE_DATABASE },
      onProcess: (pid) => recordServer(this.#dir, pid),
    });
    try {
      await server.start('rehearse', signal);
    } catch (error) {
      await entrance?.close();
      throw error;
    }
    this.#server = server;
    this.#entrance = entrance;
    return { server, primary };
  }

  /** Runs `work` with a signal that `destroy` aborts too; `destroy` waits for it to end. */
  async #whileAlive<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const both = AbortSignal.any([signal, this.#destroyed.signal]);
    both.throwIfAborted();
    const running = work(both);
    this.#busy = running;
    try {
      return await running;
    } catch (thrown) {
      // From writing a file of ours (errno), or from PostgreSQL (SQLSTATE disk_full).
      const { code = '' }: NodeJS.ErrnoException = asError(thrown);
      throw ['ENOSPC', 'EDQUOT', '53100'].includes(code) ? diskFull() : thrown;
    }
  }
}

/** A port that is taken, or an end that was asked for, is no fault of the data's. */
function unlessNoServerStarts(error: unknown): undefined {
  if (!(error instanceof RehearsalError) || error.code !== 'POSTGRES_START_FAILED') throw error;
}

async function machineOf({ path }: RunDir): Promise<Machine> {
  const { bavail, bsize } = await statfs(path);
  // In a container the limit of the container counts; without one it is 0 or absurdly large.
  const limit = process.constrainedMemory();
  return {
    cpus: availableParallelism(),
    memoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    freeDiskBytes: bavail * bsize,
  };
}
