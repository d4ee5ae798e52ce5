// A stand-in for the driver: follows the protocol of the job folder and does what its job.json says.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.argv[3];
const at = (name) => join(dir, name);
const job = JSON.parse(readFileSync(at('job.json'), 'utf8'));
const startTime = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[19];

appendFileSync(at('starts'), `${process.pid}\n`);
if (existsSync(at('driver.pid'))) process.exit(0);
writeFileSync(at('driver.pid'), `${process.pid} ${startTime}\n`);
if (job.ignoreTerm) process.on('SIGTERM', () => undefined);

for (let n = 1; n <= job.lines; n += 1) {
  const line = Buffer.from(
    `${JSON.stringify({ n, text: `Zeile ${n} – ‘näh’ 🐘 ${'x'.repeat(n % 400)}` })}\n`,
  );
  // In two pieces, so that a reader meets half lines and half characters.
  const half = n % line.length;
  appendFileSync(at('events.ndjson'), line.subarray(0, half));
  if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, job.everyMs ?? 1));
  appendFileSync(at('events.ndjson'), line.subarray(half));
}
if (job.end === 'crash') throw new Error(`broken with password=${job.password}`);
if (job.end === 'hang') setInterval(() => undefined, 1_000);
else {
  mkdirSync(at('run/artifacts'), { recursive: true });
  writeFileSync(at('run/artifacts/locks.ndjson'), job.evidence ?? 'locks\n');
  execFileSync('tar', ['-czf', at('run.tar.gz'), '-C', at('run'), 'artifacts']);
  const archive = readFileSync(at('run.tar.gz'));
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const done = { ok: true, archive: 'run.tar.gz', sha256, sizeBytes: archive.length };
  writeFileSync(at('done.json.part'), JSON.stringify(done));
  renameSync(at('done.json.part'), at('done.json'));
}
