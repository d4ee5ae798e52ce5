import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveLoad } from '../load/driver-hosts/serve-load.ts';
import { readOwnHost } from '../probes/noise/own-host.ts';
import { registerSecret } from '../shared/text/redact.ts';
import { JOB_FILES, shareSchema, type DriverLine, type Share } from './protocol.ts';

/** Undefined where the job is a whole one. */
export async function readShare(dir: string): Promise<Share | undefined> {
  const text = await readFile(join(dir, JOB_FILES.share), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const share = shareSchema.parse(JSON.parse(text));
  registerSecret(share.key);
  return share;
}

/** Has load processes of the first driver here, until the signal aborts. @throws its reason */
export async function shareLoad(
  { address, key }: Share,
  { dir, signal, tell }: { dir: string; signal: AbortSignal; tell: (line: DriverLine) => void },
): Promise<never> {
  const service = await serveLoad({ address, key, dir, look: readOwnHost });
  tell({ type: 'listening', port: service.port });
  try {
    return await new Promise<never>((_, reject) => {
      const end = (): void => {
        reject(signal.reason as Error);
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  } finally {
    service.close();
  }
}
