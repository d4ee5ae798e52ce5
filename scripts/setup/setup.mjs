// `npm run setup`: gets the Pulumi engine and what else `pulumi up` needs. Safe to repeat.
import { importOwn, OWN_ROOT } from '../shared/places/own-files.mjs';
import { onParentEnd } from './parent-watch.mjs';
import { whyNotReady } from './ready.mjs';

async function start() {
  if (process.env.npm_lifecycle_event) onParentEnd(() => process.emit('SIGTERM', 'SIGTERM'));
  const exitCode = await whyNotReady(OWN_ROOT);
  if (exitCode !== undefined) return exitCode;
  const { main } = await importOwn('scripts/setup/set-up/set-up-command');
  return main(process.argv.slice(2));
}

process.exitCode = await start();
