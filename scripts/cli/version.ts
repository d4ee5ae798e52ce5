import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_ROOT } from '../shared/places/own-files.mjs';

const MANIFEST = join(OWN_ROOT, 'package.json');

/** The tool's own version. */
export function toolVersion(): string {
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string };
  return manifest.version;
}
