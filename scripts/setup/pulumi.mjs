// `npm run -s pulumi -- …`: the Pulumi CLI that set-up found, with its plugins, in the project's folder.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onParentEnd } from './parent-watch.mjs';
import { whyNotReady } from './ready.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function start() {
  const exitCode = await whyNotReady(ROOT);
  if (exitCode !== undefined) return exitCode;
  const { main } = await import('./pulumi-command.ts');
  return main(process.argv.slice(2), process.env.npm_lifecycle_event ? onParentEnd : () => {});
}

process.exitCode = await start();
