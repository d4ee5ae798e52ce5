import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Writes the tool as one file for Node.js, which needs no packages on the host. */
export async function bundleStandbyTool(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
    ...{ outfile, bundle: true, minify: true, platform: 'node', target: 'node20', format: 'esm' },
    external: ['pg-native', 'pg-cloudflare'],
    // pg is CommonJS and asks for Node's own modules by `require`.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
}
