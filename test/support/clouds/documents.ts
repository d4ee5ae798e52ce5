import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CloudName } from '../../../infra/clouds/cloud.ts';
import { HCLOUD_SHAPES } from './hcloud-shapes.ts';
import { OpenApiCheck } from './openapi-check.ts';

/* The clouds' published documents are not this project's to ship: REHEARSE_CLOUD_DOCUMENTS names the folder that holds them. */

const VARIABLE = 'REHEARSE_CLOUD_DOCUMENTS';
/** What the real API sends and the document does not say. */
const UNDOCUMENTED: Partial<Record<CloudName, Readonly<Record<number, string>>>> = {
  raff: Object.fromEntries(
    [400, 401, 402, 403, 404, 409, 429, 500, 503].map((status) => [status, '/components/schemas/Error']),
  ),
};

/** Where nobody has put a published one: what is known of it, written down here. */
const OWN: Partial<Record<CloudName, Record<string, unknown>>> = { hcloud: HCLOUD_SHAPES };

interface Held {
  /** Undefined where there is no document; then it was said aloud. */
  readonly check: OpenApiCheck | undefined;
  readonly document: string | undefined;
}

/** They are large, and what is compiled of them serves all fakes of a process. */
const read = new Map<string, Held>();

/** The document of a cloud: `raff-….yaml`, `digitalocean-….json`. Its absence is said aloud and nothing is checked. */
export function documentOf(cloud: CloudName, env = process.env): Held {
  const key = `${cloud} ${env[VARIABLE] ?? ''}`;
  const known = read.get(key) ?? readDocument(cloud, env);
  read.set(key, known);
  return known;
}

function readDocument(cloud: CloudName, env: NodeJS.ProcessEnv): Held {
  const folder = env[VARIABLE] ?? '';
  const file =
    folder !== '' && existsSync(folder)
      ? readdirSync(folder).find((name) => name.startsWith(`${cloud}-`))
      : undefined;
  const own = OWN[cloud];
  if (file === undefined && own !== undefined)
    return { check: new OpenApiCheck(own), document: 'shapes of our own: its document is not at hand' };
  if (file === undefined) {
    process.stderr.write(
      `NOT CHECKED: no document of ${cloud}${folder === '' ? `, ${VARIABLE} is not set` : ` in ${folder}`}\n`,
    );
    return { check: undefined, document: undefined };
  }
  const doc = parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
  if (file.startsWith('raff-')) allowLaterPlans(doc);
  return { check: new OpenApiCheck(doc, UNDOCUMENTED[cloud]), document: file };
}

/** It names thirteen plans; the catalog has thirty-five. */
function allowLaterPlans(doc: Record<string, unknown>): void {
  const { schemas } = doc['components'] as {
    schemas: { CreateVMRequest: { properties: { pricing_id: { maximum?: number } } } };
  };
  delete schemas.CreateVMRequest.properties.pricing_id.maximum;
}
