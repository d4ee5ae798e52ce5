import { ensureInstalled, InstallInterrupted } from './install.mjs';
import { IS_PACKAGE } from '../shared/places/own-files.mjs';
import { nodeTooOld } from './node-version.mjs';
import { registerTypeScript } from '../shared/typescript.mjs';

/**
 * Brings a script on a clean clone to where it can import TypeScript. Returns undefined, or the exit code to end with when
 * that is not possible; why is on stderr by then.
 */
export async function whyNotReady(root) {
  const exitCode = await whyNotInstalled(root);
  if (exitCode === undefined) await registerTypeScript(root);
  return exitCode;
}

/** The same, to where its packages are there. */
export async function whyNotInstalled(root) {
  const tooOld = nodeTooOld();
  if (tooOld) {
    process.stderr.write(`${tooOld}\n`);
    return 2;
  }
  if (IS_PACKAGE) return undefined;
  try {
    await ensureInstalled(root, { dev: true }); // TypeScript is read by one of them
  } catch (error) {
    process.stderr.write(`error INSTALL_FAILED: ${error.message}\n`);
    if (error instanceof InstallInterrupted) return 130;
    process.stderr.write('hint: check the network and the npm registry (npm ping), then start again\n');
    return 3;
  }
  return undefined;
}
