/* `npm run circles`: says where imports go round and which exports nobody imports, and fails where there are any. */
import { findCircles } from './circles/circles.ts';
import { exportsWithoutImport } from './circles/exports.ts';
import { readImports, readSources } from './circles/imports.ts';

/** Others than imports take what these give: users of the package, the driver's bundle, lint, and scripts that compute the path. */
const TAKEN_ELSEWHERE = [
  'infra/stack/component.ts',
  'scripts/api/index.ts',
  'scripts/cli/main.ts',
  'scripts/job/bundled-programs.ts',
  'scripts/setup/install.mjs',
  'scripts/setup/lint/no-tuple-spread.mjs',
  'scripts/setup/pulumi-command.ts',
  'scripts/setup/set-up/set-up-command.ts',
];

const imports = readImports(['infra', 'scripts']);
const circles = findCircles(imports);
for (const { level, way, because } of circles) {
  process.stderr.write(`${level}: ${way.join(' → ')}\n`);
  for (const { from, to } of because) process.stderr.write(`    ${from} imports ${to}\n`);
}
const lonely = exportsWithoutImport(readSources(['infra', 'scripts', 'test'])).filter(
  (one) => !TAKEN_ELSEWHERE.some((path) => one.startsWith(`${path}: `)),
);
for (const one of lonely) process.stderr.write(`${one}\n`);
if (circles.length > 0) {
  process.stderr.write('imports go round: move what both need to where both can reach it\n');
}
if (lonely.length > 0) {
  process.stderr.write('nobody imports these: take the word export away, or what it stands before\n');
}
if (circles.length + lonely.length > 0) {
  process.exitCode = 1;
} else {
  process.stdout.write(
    `no circle of files or folders in ${imports.length} imports, and no export without one\n`,
  );
}
