// Starts a provider plugin that is written in TypeScript: node start.mjs <its main.ts> <arguments of the engine…>.
import { pathToFileURL } from 'node:url';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';
import { registerTypeScript } from '../../scripts/shared/typescript.mjs';

const [main, ...args] = process.argv.slice(2);
process.argv = [process.argv[0], main, ...args];
await registerTypeScript(OWN_ROOT);
await import(pathToFileURL(main).href);
