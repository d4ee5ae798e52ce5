// `npm run -s pulumi -- …`: the Pulumi CLI that set-up found, with its plugins, in the project's folder.
import { importOwn, OWN_ROOT } from '../shared/places/own-files.mjs';
import { onParentEnd } from './parent-watch.mjs';
import { whyNotReady } from './ready.mjs';

async function start() {
  const exitCode = await whyNotReady(OWN_ROOT);
  if (exitCode !== undefined) return exitCode;
  const { main } = await importOwn('scripts/setup/pulumi-command');
  return main(process.argv.slice(2), process.env.npm_lifecycle_event ? onParentEnd : () => {});
}

process.exitCode = await start();
