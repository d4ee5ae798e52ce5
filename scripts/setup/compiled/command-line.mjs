import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importOwn, IS_PACKAGE, OWN_ROOT } from '../../shared/places/own-files.mjs';
import { registerTypeScript } from '../../shared/typescript.mjs';
import { nodeTooOld } from '../node-version.mjs';
import { whyNotInstalled } from '../ready.mjs';
import { compiledFolder, compiledNow } from './checkout.mjs';

/**
 * scripts/cli/main.ts, compiled where that is possible; on a clean clone after the packages it needs. Or the exit code to end with: why
 * is on stderr by then.
 */
export async function commandLine() {
  if (IS_PACKAGE && !nodeTooOld()) return importCompiled(join(OWN_ROOT, 'compiled'));
  const ready = nodeTooOld() ? undefined : compiledNow(OWN_ROOT);
  if (ready !== undefined) return importCompiled(ready);
  const exitCode = await whyNotInstalled(OWN_ROOT);
  if (exitCode !== undefined) return { exitCode };
  const made = await compiledFolder(OWN_ROOT);
  if (made !== undefined) return importCompiled(made);
  await registerTypeScript(OWN_ROOT);
  return importOwn('scripts/cli/main');
}

function importCompiled(folder) {
  // Only whoever asks for the stack of an error has to wait for where it was written.
  if (process.argv.includes('--verbose')) process.setSourceMapsEnabled(true);
  return import(pathToFileURL(join(folder, 'main.js')).href);
}
