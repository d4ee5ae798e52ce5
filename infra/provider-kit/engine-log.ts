import grpc from '@grpc/grpc-js';
import engineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engineMessages from '@pulumi/pulumi/proto/engine_pb.js';

const CALL_MS = 5_000;
/** Status lines beyond this many that the engine has not taken yet are dropped, the oldest first. */
const WAITING_STATUS_LINES = 200;

const SEVERITY = {
  debug: engineMessages.LogSeverity.DEBUG,
  info: engineMessages.LogSeverity.INFO,
  warning: engineMessages.LogSeverity.WARNING,
  error: engineMessages.LogSeverity.ERROR,
} as const;

type Severity = keyof typeof SEVERITY;

interface Entry {
  readonly severity: Severity;
  readonly urn: string;
  readonly message: string;
  /** Shown in the status column while the resource is worked on, and not kept. */
  readonly status: boolean;
}

/** Lines for the person who looks at the engine's output, in order, each under its resource. Never give it a secret. */
export class EngineLog {
  private readonly client: engineService.EngineClient | undefined;
  private waiting: Entry[] = [];
  private pumping: Promise<void> | undefined;

  /** `address` is the plugin's first argument; without one, lines go nowhere. */
  constructor(address: string | undefined) {
    if (address === undefined) return;
    this.client = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  }

  /** A line that stays in the output. */
  write(severity: Severity, urn: string, message: string): void {
    this.enqueue({ severity, urn, message, status: false });
  }

  /** A line that the next one replaces. */
  status(urn: string, message: string): void {
    this.enqueue({ severity: 'info', urn, message, status: true });
  }

  /** Resolves when the engine has every line so far, or cannot take them. */
  async flushed(): Promise<void> {
    await this.pumping;
  }

  private enqueue(entry: Entry): void {
    if (this.client === undefined) return;
    this.waiting.push(entry);
    if (this.waiting.length > WAITING_STATUS_LINES) {
      const oldest = this.waiting.findIndex(({ status }) => status);
      if (oldest >= 0) this.waiting.splice(oldest, 1);
    }
    this.pumping ??= this.pump(this.client).finally(() => {
      this.pumping = undefined;
    });
  }

  private async pump(client: engineService.EngineClient): Promise<void> {
    for (let entry = this.waiting.shift(); entry !== undefined; entry = this.waiting.shift()) {
      await send(client, entry);
    }
  }
}

/** An engine that does not listen any more is no reason to stop working. */
function send(client: engineService.EngineClient, entry: Entry): Promise<void> {
  const request = new engineMessages.LogRequest();
  request.setSeverity(SEVERITY[entry.severity]);
  request.setUrn(entry.urn);
  request.setMessage(entry.message);
  request.setEphemeral(entry.status);
  return new Promise((resolve) => {
    client.log(request, new grpc.Metadata(), { deadline: Date.now() + CALL_MS }, () => {
      resolve();
    });
  });
}
