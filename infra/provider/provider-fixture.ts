import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import engineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import type { LogRequest } from '@pulumi/pulumi/proto/engine_pb.js';
import providerService from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import statusMessages from '@pulumi/pulumi/proto/status_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { sleep } from '../../scripts/shared/clock.ts';

export type Values = Record<string, unknown>;
const PATIENCE_MS = 20_000;

/** What a call failed with: a creation that got somewhere has an id and what is to be stored. */
export class CallFailed extends Error {
  readonly halfMade: { id: string; properties: Values; reasons: string[] } | undefined;

  constructor(error: grpc.ServiceError) {
    super(error.details);
    const [detail] = error.metadata.get('grpc-status-details-bin');
    if (detail === undefined) return;
    const status = statusMessages.Status.deserializeBinary(detail as Buffer);
    const [packed] = status.getDetailsList();
    if (packed === undefined) return;
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(packed.getValue_asU8());
    this.halfMade = {
      id: failed.getId(),
      properties: plain(failed.getProperties()),
      reasons: failed.getReasonsList(),
    };
  }
}

/** The plugin as a process, talked to as the engine does; `parent` is what it takes for the engine. */
export class PluginProcess {
  readonly parent: ChildProcess;
  readonly notes: string[] = [];
  readonly progress: string[] = [];
  readonly #engine: grpc.Server;
  readonly #client: providerService.ResourceProviderClient;
  readonly #pid: number;
  readonly #urn: string;

  private constructor(parts: {
    parent: ChildProcess;
    pid: number;
    engine: grpc.Server;
    client: providerService.ResourceProviderClient;
    urn: string;
  }) {
    this.parent = parts.parent;
    this.#pid = parts.pid;
    this.#engine = parts.engine;
    this.#client = parts.client;
    this.#urn = parts.urn;
  }

  /** @param type of the one resource that is talked about, such as `Rehearsal` */
  static async start(
    type: string,
    command: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<PluginProcess> {
    const lines = new Map<boolean, (line: string) => void>();
    const { engine, address } = await startEngine((line, ephemeral) => lines.get(ephemeral)?.(line));
    // A shell between us and the plugin can be killed as the engine might be.
    const script = '"$@" & echo "$!"; wait';
    const parent = spawn('sh', ['-c', script, 'sh', ...command, address], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    parent.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(
      () => said.trim().split('\n').length === 2,
      () => `the plugin said ${said}`,
    );
    const [pid = '', port = ''] = said.trim().split('\n');
    const client = new providerService.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
    const urn = `urn:pulumi:stack::project::parent:index:Type$rehearsal:index:${type}::it`;
    const plugin = new PluginProcess({ parent, pid: Number(pid), engine, client, urn });
    lines.set(true, (line) => plugin.progress.push(line)).set(false, (line) => plugin.notes.push(line));
    return plugin;
  }

  async check(news: Values, olds: Values = {}): Promise<string[]> {
    const request = new messages.CheckRequest();
    request.setUrn(this.#urn);
    request.setOlds(wire(olds));
    request.setNews(wire(news));
    const answer = await called<messages.CheckResponse>((done) => this.#client.check(request, done));
    return answer.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
  }

  async diff(state: Values, news: Values): Promise<{ changes: boolean; replaces: string[] }> {
    const request = new messages.DiffRequest();
    request.setId('id');
    request.setUrn(this.#urn);
    request.setOlds(wire(state));
    request.setNews(wire(news));
    const answer = await called<messages.DiffResponse>((done) => this.#client.diff(request, done));
    const changes = answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME;
    return { changes, replaces: answer.getReplacesList() };
  }

  async create(inputs: Values): Promise<{ id: string; state: Values }> {
    const request = new messages.CreateRequest();
    request.setUrn(this.#urn);
    request.setProperties(wire(inputs));
    const answer = await called<messages.CreateResponse>((done) => this.#client.create(request, done));
    return { id: answer.getId(), state: plain(answer.getProperties()) };
  }

  async read(id: string, state: Values): Promise<{ id: string; state: Values }> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setUrn(this.#urn);
    request.setProperties(wire(state));
    const answer = await called<messages.ReadResponse>((done) => this.#client.read(request, done));
    return { id: answer.getId(), state: plain(answer.getProperties()) };
  }

  async update(id: string, state: Values, inputs: Values): Promise<Values> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setUrn(this.#urn);
    request.setOlds(wire(state));
    request.setNews(wire(inputs));
    const answer = await called<messages.UpdateResponse>((done) => this.#client.update(request, done));
    return plain(answer.getProperties());
  }

  async delete(id: string, state: Values): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setUrn(this.#urn);
    request.setProperties(wire(state));
    await called<empty.Empty>((done) => this.#client.delete(request, done));
  }

  async cancel(): Promise<void> {
    await called<empty.Empty>((done) => this.#client.cancel(new empty.Empty(), done));
  }

  forgetLines(): void {
    this.notes.length = 0;
    this.progress.length = 0;
  }

  /** What kill -9 of the engine does: nobody tells the plugin. */
  killParent(): void {
    this.parent.kill('SIGKILL');
  }

  /** To the plugin itself. */
  signal(name: NodeJS.Signals): void {
    try {
      process.kill(this.#pid, name);
    } catch {
      return; // it has ended
    }
  }

  async ended(): Promise<void> {
    await until(
      () => !existsSync(`/proc/${this.#pid}`),
      () => 'the plugin lives on',
    );
  }

  async stop(): Promise<void> {
    this.#client.close();
    this.#engine.forceShutdown();
    this.signal('SIGTERM');
    if (this.parent.exitCode === null && this.parent.signalCode === null) await once(this.parent, 'exit');
    await this.ended();
  }
}

/** Polls until it is so; a test that would wait for ever says what it waited for. */
export async function until(isSo: () => boolean, what: () => string): Promise<void> {
  const limit = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error(`waited in vain: ${what()}`);
    await sleep(20);
  }
}

async function startEngine(
  onLine: (line: string, ephemeral: boolean) => void,
): Promise<{ engine: grpc.Server; address: string }> {
  const engine = new grpc.Server();
  engine.addService(engineService.EngineService, {
    log: ({ request }: { request: LogRequest }, answer: (error: null, value: empty.Empty) => void) => {
      onLine(request.getMessage(), request.getEphemeral());
      answer(null, new empty.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    engine.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { engine, address: `127.0.0.1:${port}` };
}

type Done<T> = (error: grpc.ServiceError | null, value: T) => void;

function called<T>(call: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(new CallFailed(error));
      else resolve(value);
    });
  });
}

function wire(values: Values): struct.Struct {
  return struct.Struct.fromJavaScript(values as Parameters<typeof struct.Struct.fromJavaScript>[0]);
}

function plain(value: struct.Struct | undefined): Values {
  return value?.toJavaScript() ?? {};
}
