// What `pulumi up` runs. The language host starts it with plain Node, so TypeScript comes first.
import { readFileSync } from 'node:fs';
import { importOwn, OWN_ROOT } from '../scripts/shared/places/own-files.mjs';
import { registerTypeScript } from '../scripts/shared/typescript.mjs';

/** Undefined where it cannot be told, as on other systems than Linux. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

// An engine that was killed leaves its language host behind, which notices only after minutes. We end with the engine.
const host = process.ppid;
const engine = parentOf(host);
process.once('exit', () => {
  if (engine !== undefined && process.ppid === host && parentOf(host) !== engine) process.kill(host);
});

await registerTypeScript(OWN_ROOT);
const { program } = await importOwn('infra/index');
export default program;
