/* `npm run circles`: says where imports go round, and fails where they do. */
import { findCircles } from './circles/circles.ts';
import { readImports } from './circles/imports.ts';

const imports = readImports(['infra', 'scripts']);
const circles = findCircles(imports);
for (const { level, way, because } of circles) {
  process.stderr.write(`${level}: ${way.join(' → ')}\n`);
  for (const { from, to } of because) process.stderr.write(`    ${from} imports ${to}\n`);
}
if (circles.length > 0) {
  process.stderr.write('imports go round: move what both need to where both can reach it\n');
  process.exitCode = 1;
} else {
  process.stdout.write(`no circle of files or folders in ${imports.length} imports\n`);
}
