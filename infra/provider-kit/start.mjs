// Starts a provider plugin that is written in TypeScript: node start.mjs <its main.ts> <arguments of the engine…>.
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { registerTypeScript } from '../../scripts/setup/typescript.mjs';

const [main, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], main, ...args];
await registerTypeScript(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
await import(pathToFileURL(main).href);
