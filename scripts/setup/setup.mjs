// `npm run setup`: gets the Pulumi engine and what else `pulumi up` needs. Safe to repeat.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onParentEnd } from './parent-watch.mjs';
import { whyNotReady } from './ready.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function start() {
  if (process.env.npm_lifecycle_event) onParentEnd(() => process.emit('SIGTERM', 'SIGTERM'));
  const exitCode = await whyNotReady(ROOT);
  if (exitCode !== undefined) return exitCode;
  const { main } = await import('./set-up/set-up-command.ts');
  return main(process.argv.slice(2));
}

process.exitCode = await start();
