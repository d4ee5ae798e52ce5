import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BackfillStep, CommandStep, VerifyStep } from '../../../scripts/plan/model.ts';
import { runBackfillStep } from '../../../scripts/replay/steps/backfill-step.ts';
import { playCommand } from '../../../scripts/replay/command/play-command.ts';
import { runVerifyStep } from '../../../scripts/replay/steps/verify-step.ts';
import { whileAsking } from '../../../scripts/replay/watch/while-asking.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { keepPrivateWordsIn } from '../../../scripts/shared/text/private-words.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

const BASE = { name: 'step', phase: 'expand', retries: 0, retryPauseMs: 50, pointOfNoReturn: false } as const;

const bench = useReplayBench();

describe('a backfill step', () => {
  const step: BackfillStep = {
    ...BASE,
    kind: 'backfill',
    phase: 'backfill',
    table: 'orders',
    key: ['id'],
    set: `label = 'state ' || state`,
    where: 'label is null',
    batchTargetMs: 20,
  };

  it('changes every row once, in batches that follow the key', async () => {
    await runBackfillStep(step, bench().context, () => undefined);
    await bench().context.batches.close();
    const batches = (await bench().folder.read('batches')) ?? [];
    expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(20_000);
    expect(batches.reduce((sum, { covered }) => sum + covered, 0)).toBe(20_000);
    expect(batches.length).toBeGreaterThan(3);
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('finds nothing to do the second time', async () => {
    await runBackfillStep(step, bench().context, () => undefined);
    const again = await runBackfillStep(step, bench().context, () => undefined);
    expect(again.summary).toMatch(/^0 rows in \d+ batches/);
  });

  it('goes on from the last committed key after its connection was lost', async () => {
    const slow = { ...step, batchTargetMs: 2 };
    const running = runBackfillStep(slow, bench().context, () => undefined);
    for (let killed = 0; killed === 0;) {
      await sleep(5);
      const { rows } = await bench().setup.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'rehearse/migration' and query like 'update%'`,
      );
      killed = rows.length;
    }
    await running;
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('handles gaps, text keys and an empty table', async () => {
    await bench().setup.query(`delete from orders where id between 50 and 15000;
      alter table orders alter column id type text using lpad(id::text, 6, '0'); analyze orders`);
    await runBackfillStep(step, bench().context, () => undefined);
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 0 }]);
    await bench().setup.query('delete from orders');
    expect((await runBackfillStep(step, bench().context, () => undefined)).summary).toMatch(
      /^0 rows in 0 batches/,
    );
  });

  it.each([
    ['char(n)', 'char(12)', "upper(lpad(id::text, 6, '0'))"],
    ['a domain over char(n)', 'short_code', "lpad(id::text, 8, '0')"],
    ['bit(n)', 'bit(20)', 'id::int::bit(20)'],
    ['numeric', 'numeric(12, 3)', 'id + 0.125'],
    ['uuid', 'uuid', 'md5(id::text)::uuid'],
    ['timestamptz', 'timestamptz', "timestamptz '2026-01-01' + id * interval '1.000001 seconds'"],
    ['float8', 'float8', 'sqrt(id)'],
    ['bytea', 'bytea', "decode(md5(id::text), 'hex')"],
    ['an enum', 'mood', "case when id % 2 = 0 then 'calm'::mood else 'wild'::mood end"],
    ['an array', 'int[]', 'array[id::int, 7]'],
    ['inet', 'inet', "inet '10.0.0.0' + id"],
    ['"char"', '"char"', 'chr(65 + (id % 26)::int)::"char"'],
  ])('goes along a key of %s', async (_, type, value) => {
    await bench().setup.query(`drop domain if exists short_code cascade; drop type if exists mood cascade;
      create domain short_code as char(8); create type mood as enum ('wild', 'calm');
      alter table orders add "Key Of" ${type}; update orders set "Key Of" = ${value}; analyze orders`);
    const outcome = await runBackfillStep({ ...step, key: ['"Key Of"'] }, bench().context, () => undefined);
    expect(outcome.summary).toMatch(/^20,000 rows|^20k rows|^20 000 rows/);
  });

  it('fails where rows without a key are left, and says how many', async () => {
    await bench().setup.query('alter table orders add ref int; update orders set ref = nullif(id % 1000, 0)');
    const failing = runBackfillStep({ ...step, key: ['ref'] }, bench().context, () => undefined);
    await expect(failing).rejects.toThrow(
      'backfill of orders: 20 rows still match its where at its end, 20 rows of them because ref is NULL',
    );
    const { rows } = await bench().setup.query(
      'select count(*)::int as left from orders where label is null',
    );
    expect(rows).toEqual([{ left: 20 }]);
  });

  it('fails where rows match and it did not change that', async () => {
    const idle = { ...step, set: 'label = null' };
    await expect(runBackfillStep(idle, bench().context, () => undefined)).rejects.toThrow(
      'backfill of orders: 20,000 rows still match its where at its end',
    );
  });

  it('is content where its condition reads nothing that it writes', async () => {
    const steady = { ...step, where: 'id > 0' };
    const outcome = await runBackfillStep(steady, bench().context, () => undefined);
    expect(outcome.attempts).toBe(1);
  });

  it('names the table when the backfill cannot run', async () => {
    const wrong = { ...step, set: 'nope = 1' };
    await expect(runBackfillStep(wrong, bench().context, () => undefined)).rejects.toThrow(
      'backfill of orders: column "nope" of relation "orders" does not exist',
    );
  });
});

describe('a command step', () => {
  const command = (text: string): CommandStep => ({
    ...BASE,
    kind: 'command',
    command: text,
    timeoutMs: 20_000,
    touchesDatabase: false,
  });

  it('gives the program the database by environment and reports its exit code', async () => {
    await playCommand(
      command('test -n "$DATABASE_URL" && test "$PGAPPNAME" = rehearse/command'),
      bench().context,
    );
    await expect(
      playCommand(command('echo no such migration >&2; exit 7'), bench().context),
    ).rejects.toMatchObject({
      error: {
        message: 'the command ended with exit code 7',
        hint: 'what it wrote may quote rows and is not shown; output: shown shows it here',
        excerpt: null,
      },
    });
  });

  it('fails when the program ends well without ever having connected', async () => {
    const elsewhere = { ...command('true'), touchesDatabase: true };
    await expect(playCommand(elsewhere, bench().context)).rejects.toMatchObject({
      error: { message: 'the command ended well, but it never connected to the rehearsed database' },
    });
    const refused = {
      ...command(connecting('postgres://nobody:wrong@$PGHOST:$PGPORT/none', '|| true')),
      touchesDatabase: true,
    };
    await expect(playCommand(refused, bench().context)).rejects.toThrow('never connected');
  });

  it('counts a session however short it is and whatever it calls itself, with its own timeouts and ours', async () => {
    const program = connecting('$DATABASE_URL', '', 'show lock_timeout');
    const step = { ...command(`${program} > shown.txt`), lockTimeoutMs: 1234, touchesDatabase: true };
    await playCommand(step, bench().context);
    expect(await readFile(join(bench().folder.path, 'shown.txt'), 'utf8')).toBe('1234ms\n');
  });

  it('shows the shell the variable and no value in its text', async () => {
    const { context } = bench();
    const value = 'pa$HOME`echo INJECTED`ss';
    const rehearsal = { ...context.rehearsal, environment: { MYPW: value } };
    const text = 'printf %s "${MYPW}" > value.txt; ps -o args= -p $$ > args.txt';
    await playCommand(command(text), { ...context, rehearsal });
    const written = (name: string): Promise<string> => readFile(join(bench().folder.path, name), 'utf8');
    expect(await written('value.txt')).toBe(value);
    expect(await written('args.txt')).toBe(`sh -c ${text}\n`);
  });

  it('ends a program that takes too long', async () => {
    const slow = { ...command('sleep 30'), timeoutMs: 200 };
    await expect(playCommand(slow, bench().context)).rejects.toThrow('did not end within 200 ms');
  });

  it('shows what a program wrote by word of the author, without passwords', async () => {
    const told = command('echo "postgresql://u:hunter22@h/d refused" >&2; echo; echo later >&2; exit 1');
    await expect(playCommand({ ...told, output: 'shown' }, bench().context)).rejects.toMatchObject({
      error: { hint: null, excerpt: 'postgresql://u:***@h/d refused\nlater' },
    });
  });

  it('keeps what a program wrote in a file that only its owner can read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rehearse-private-'));
    keepPrivateWordsIn(folder);
    try {
      const leaky = command('echo "DETAIL:  Key (email)=(a@b.c) exists."; exit 1');
      await expect(playCommand(leaky, bench().context)).rejects.toMatchObject({
        error: {
          hint: 'what it wrote may quote rows and is in private/said.txt of the run folder; output: shown shows it here',
        },
      });
      const file = join(folder, 'private', 'said.txt');
      expect(await readFile(file, 'utf8')).toContain('Key (email)=(a@b.c) exists.');
      expect([(await stat(file)).mode & 0o777, (await stat(join(folder, 'private'))).mode & 0o777]).toEqual([
        0o600, 0o700,
      ]);
      expect(await readFile(join(folder, 'private', '.gitignore'), 'utf8')).toBe('*\n');
    } finally {
      keepPrivateWordsIn(undefined);
      await rm(folder, { recursive: true });
    }
  });
});

/** A shell command that opens one session under a name of its own, asks one question and prints the answer. */
function connecting(url: string, after: string, sql = 'select 1'): string {
  const pg = new URL('../../../node_modules/pg/lib/index.js', import.meta.url).href;
  const program = `import pg from "${pg}";
    const client = new pg.Client({ connectionString: process.argv[1], application_name: "mine" });
    await client.connect();
    console.log(Object.values((await client.query("${sql}")).rows[0])[0]);
    await client.end();`;
  return `${process.execPath} --input-type=module -e '${program}' "${url}" ${after}`;
}

describe('a verify step', () => {
  it('fails when its file is not SQL, instead of finding nothing', async () => {
    await expect(runVerifyStep(verify('selct 1'), bench().context)).rejects.toMatchObject({
      error: { sqlstate: '42601', file: 'sql/verify.sql', line: 1 },
    });
  });

  const verify = (text: string): VerifyStep => ({
    ...BASE,
    kind: 'verify',
    files: [{ file: 'sql/verify.sql', text }],
  });

  it('passes when nothing is found, and fails with a count and without the rows', async () => {
    expect((await runVerifyStep(verify('select * from orders where id < 0'), bench().context)).summary).toBe(
      '1 question, no rows',
    );
    await expect(
      runVerifyStep(verify('select * from orders where id <= 3'), bench().context),
    ).rejects.toThrow('expected no rows, found 3 rows');
  });

  it('asks while another step runs, counts what it finds, and goes on where it gets no answer', async () => {
    const { context, folder, setup } = bench();
    const watching: VerifyStep = {
      ...verify('select * from orders where label is null -- not yet'),
      name: 'agree',
      watch: { everyMs: 20, through: ['fill'] },
    };
    const counts = async (rows: number | null): Promise<void> => {
      const fromMs = context.clock.now();
      for (;;) {
        await sleep(20);
        const asked = ((await folder.read('steps')) ?? []).filter((event) => event.type === 'asked');
        if (asked.some((one) => one.fromMs >= fromMs && one.rows === rows)) return;
      }
    };
    const during = { ...context, rehearsal: { ...context.rehearsal, plan: [watching] } };
    const fill: BackfillStep = {
      ...BASE,
      kind: 'backfill',
      name: 'fill',
      table: 'orders',
      key: ['id'],
      set: 'label = id',
      batchTargetMs: 20,
    };
    await whileAsking(fill, during, async () => {
      await counts(20_000);
      await setup.query(`update orders set label = 'x' where id > 7`);
      await counts(7);
      await setup.query('alter table orders rename column label to title');
      await counts(null);
      await setup.query('alter table orders rename column title to label');
      await counts(7);
    });
    await bench().close();
    const asked = ((await folder.read('steps')) ?? []).filter((event) => event.type === 'asked');
    expect(new Set(asked.map(({ sqlstate }) => sqlstate))).toEqual(new Set([null, '42703']));
    expect(asked[0]).toMatchObject({ step: 'agree', during: 'fill', rows: 20_000 });
  });
});
