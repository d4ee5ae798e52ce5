import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import grpc from '@grpc/grpc-js';
import engineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import type { LogRequest } from '@pulumi/pulumi/proto/engine_pb.js';
import providerService from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';

type Properties = Record<string, unknown>;

interface LoggedLine {
  readonly urn: string;
  readonly message: string;
  readonly severity: number;
  readonly status: boolean;
}

/** A plugin's process under test, talked to as the engine does, and what it logged. */
export interface PluginFixture {
  readonly process: ChildProcess;
  readonly lines: LoggedLine[];
  check(urn: string, news: Properties): Promise<{ inputs: Properties; failures: string[] }>;
  /** The names of the inputs whose change replaces the resource. */
  diff(urn: string, olds: Properties, news: Properties): Promise<string[]>;
  create(urn: string, inputs: Properties): Promise<{ id: string; outs: Properties }>;
  update(urn: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(urn: string, state: Properties): Promise<void>;
  cancel(): Promise<void>;
  version(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a plugin by its executable, with an engine that only takes log lines (or has ended). Stop it when done. */
export async function startPlugin(
  executable: string,
  { engine = true, ...options }: { readonly cwd?: string; readonly engine?: boolean } = {},
): Promise<PluginFixture> {
  const lines: LoggedLine[] = [];
  const { server, address } = await startEngine(lines);
  if (!engine) server.forceShutdown();
  const child = spawn(executable, [address], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => {
      reject(new Error(`${executable} ended with ${String(code)}`));
    });
    child.stdout.once('data', (text: Buffer) => {
      resolve(String(text).trim());
    });
  });
  const client = new providerService.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
    { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 },
  );
  const stop = async (): Promise<void> => {
    client.close();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    server.forceShutdown();
  };
  return { process: child, lines, stop, ...calls(client) };
}

async function startEngine(lines: LoggedLine[]): Promise<{ server: grpc.Server; address: string }> {
  const server = new grpc.Server();
  server.addService(engineService.EngineService, {
    log: (call: { request: LogRequest }, answer: (error: null, value: unknown) => void) => {
      const { request } = call;
      lines.push({
        urn: request.getUrn(),
        message: request.getMessage(),
        severity: request.getSeverity(),
        status: request.getEphemeral(),
      });
      answer(null, new empty.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { server, address: `127.0.0.1:${port}` };
}

type Calls = Omit<PluginFixture, 'process' | 'lines' | 'stop'>;

function calls(client: providerService.ResourceProviderClient): Calls {
  return {
    check: async (urn, news) => {
      const request = new messages.CheckRequest();
      request.setUrn(urn);
      request.setOlds(new struct.Struct());
      request.setNews(wire(news));
      const answer = await called<messages.CheckResponse>((done) => client.check(request, done));
      const failures = answer.getFailuresList().map((it) => `${it.getProperty()}: ${it.getReason()}`);
      return { inputs: plain(answer.getInputs()), failures };
    },
    diff: async (urn, olds, news) => {
      const request = new messages.DiffRequest();
      request.setUrn(urn);
      request.setOlds(wire(olds));
      request.setNews(wire(news));
      return (await called<messages.DiffResponse>((done) => client.diff(request, done))).getReplacesList();
    },
    create: async (urn, inputs) => {
      const request = new messages.CreateRequest();
      request.setUrn(urn);
      request.setProperties(wire(inputs));
      const answer = await called<messages.CreateResponse>((done) => client.create(request, done));
      return { id: answer.getId(), outs: plain(answer.getProperties()) };
    },
    update: async (urn, olds, news) => {
      const request = new messages.UpdateRequest();
      request.setUrn(urn);
      request.setOlds(wire(olds));
      request.setNews(wire(news));
      const answer = await called<messages.UpdateResponse>((done) => client.update(request, done));
      return plain(answer.getProperties());
    },
    delete: async (urn, state) => {
      const request = new messages.DeleteRequest();
      request.setUrn(urn);
      request.setProperties(wire(state));
      await called<empty.Empty>((done) => client.delete(request, done));
    },
    cancel: async () => {
      await called<empty.Empty>((done) => client.cancel(new empty.Empty(), done));
    },
    version: async () =>
      (
        await called<{ getVersion(): string }>((done) => client.getPluginInfo(new empty.Empty(), done))
      ).getVersion(),
  };
}

type Done<T> = (error: grpc.ServiceError | null, value: T) => void;

/** @throws Error with the plugin's own message */
function called<T>(call: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(new Error(error.details));
      else resolve(value);
    });
  });
}

function wire(properties: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(properties as Parameters<typeof struct.Struct.fromJavaScript>[0]);
}

function plain(value: struct.Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}
