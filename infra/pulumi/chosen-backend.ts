import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const credentialsSchema = z.object({ current: z.string().min(1) });

export interface Backend {
  readonly url: string;
  /** Folder with the credentials.json of the user's login. */
  readonly credentials: string;
}

/**
 * The backend that the user chose, by PULUMI_BACKEND_URL or `pulumi login`; null for the run's own. REHEARSE_DEFAULT_BACKEND
 * says that PULUMI_BACKEND_URL is not the user's choice but this project's default.
 */
export async function chosenBackend(env: NodeJS.ProcessEnv = process.env): Promise<Backend | null> {
  const credentials = env['PULUMI_CREDENTIALS_PATH'] ?? env['PULUMI_HOME'] ?? join(homedir(), '.pulumi');
  if ((env['REHEARSE_DEFAULT_BACKEND'] ?? '') !== '') return null;
  const named = env['PULUMI_BACKEND_URL'] ?? '';
  if (named !== '') return { url: named, credentials };
  try {
    const login = credentialsSchema.parse(
      JSON.parse(await readFile(join(credentials, 'credentials.json'), 'utf8')),
    );
    return { url: login.current, credentials };
  } catch {
    return null;
  }
}
