import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IS_PACKAGE, OWN_ROOT } from '../../../scripts/shared/places/own-files.mjs';

/** In the package it is built already. */
export const PACKAGED_STANDBY_TOOL = join(OWN_ROOT, 'infra/components/standby-tool/standby-tool.mjs');

/** Writes the tool as one file for Node.js, which needs no packages on the host. */
export async function bundleStandbyTool(outfile: string): Promise<void> {
  if (IS_PACKAGE) return copyFile(PACKAGED_STANDBY_TOOL, outfile);
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['pg-native', 'pg-cloudflare'],
    // pg is CommonJS and asks for Node's own modules by `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
}
