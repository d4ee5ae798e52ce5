// What `pulumi up` runs. The language host starts it with plain Node, so TypeScript comes first.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registerTypeScript } from '../scripts/setup/typescript.mjs';

await registerTypeScript(dirname(dirname(fileURLToPath(import.meta.url))));
const { program } = await import('./index.ts');
export default program;
