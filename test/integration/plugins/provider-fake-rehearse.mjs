// Stands in for `rehearse`: what it does follows from the rehearsal's folder (its name) and from files in FAKE_DIR.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const home = process.env.FAKE_DIR;
const [verb, ...args] = process.argv.slice(2);
process.stderr.on('error', () => undefined); // whoever listens may be killed
const say = (line) => process.stderr.write(`${line}\n`);
appendFileSync(join(home, 'calls'), `${[verb, ...args].join(' ')}\n`);

function result(verdict, headline) {
  return JSON.stringify({
    ...{ runId: 'tiny-20261122-120000-beef', target: 'embedded', verdict, headline },
    ...{ startedAt: '2026-11-22T12:00:00Z', endedAt: '2026-11-22T12:00:04Z' },
    findings: verdict === 'pass' ? [] : [{ message: 'it waited 5 s' }],
    environment: { leftovers: 0, cost: { amount: 36, currency: 'EUR' } },
  });
}

/** Until it is told to stop; then it leaves a trace that it tore down. */
function slow() {
  const down = (why) => {
    say('interrupted: tearing down');
    setTimeout(() => {
      writeFileSync(join(home, 'torn-down'), why);
      process.exit(130);
    }, 300);
  };
  process.on('SIGINT', () => down('SIGINT'));
  const { REHEARSE_PARENT_PID: parent } = process.env;
  setInterval(() => {
    if (String(process.ppid) !== parent) down('parent');
  }, 100);
  say('12:00:00 environment: 1 host'); // whoever reads it may stop us from here on
}

const scenarios = {
  pass() {
    say('12:00:00 target embedded: PostgreSQL from npm');
    say('12:00:01 environment: 1 host');
    say('12:00:02 step 1/1 add: ok');
    say('PASS  nobody waited');
    process.stdout.write(result('pass', 'nobody waited'));
  },
  nothing() {
    process.stdout.write(
      JSON.stringify({ schemaVersion: 1, rehearsal: 'tiny', nothingNew: 'nothing new: main has all 3' }),
    );
  },
  fail() {
    say('FAIL  it waited 5 s');
    process.stdout.write(result('fail', 'it waited 5 s'));
    process.exitCode = 4;
  },
  leaked() {
    say('12:00:00 removed what 1 dead run left: tiny-20261121-120000-0bad');
    say('12:00:00 run tiny-20261122-120000-beef: 1 step on local');
    say('error LEFTOVERS: 1 thing of this run could not be removed: host primary');
    say('hint: rehearse reap --execute removes what is there');
    process.exitCode = 6;
  },
  invalid() {
    say('error  tiny/rehearsal.yaml has 1 mistake');
    say('  3 budgets.p99: 5 is not a duration');
    process.exitCode = 2;
  },
  killed() {
    say('12:00:00 run tiny-20261122-120000-beef: 1 step on local');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
  },
  slow,
};

function leftovers() {
  const file = join(home, 'leftovers.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

if (verb === 'run') scenarios[basename(args[0])]();
if (verb === 'list') process.stdout.write(JSON.stringify({ runs: [], alive: leftovers() }));
if (verb === 'reap') process.stdout.write(JSON.stringify({ removed: [], remaining: leftovers() }));
