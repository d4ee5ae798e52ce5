#!/usr/bin/env node
// What the package starts. `npm pack` builds `dist` first, but not where npm is told to leave scripts out.
import { existsSync } from 'node:fs';

const built = new URL('../../dist/scripts/setup/rehearse.mjs', import.meta.url);
if (existsSync(built)) await import(built.href);
else {
  process.stderr.write(`error  this package was packed without being built, so that nothing of it can run
  in the checkout that it was packed in: npm pack --ignore-scripts=false\n`);
  process.exitCode = 2;
}
