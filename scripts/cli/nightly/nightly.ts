import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pruneRuns } from '../../history/keep/prune.ts';
import type { KeepRule } from '../../history/keep/choose.ts';
import type { NightOutcome } from '../../nightly/outcome.ts';
import { EXIT, RehearsalError } from '../../shared/errors.ts';
import { parseDurationMs } from '../../shared/text/quantities.ts';
import { examples, type AddVerb, type CliContext } from '../context.ts';
import { deadRuns } from '../history/dead-runs.ts';
import { keepRule, withKeepOptions, type KeepOptions } from '../history/keep-rule.ts';
import { isDead, removeDeadRuns, sweepAll, unseenLine } from '../leftovers.ts';
import { plainText } from '../output/plain-text.ts';
import { requireWritable } from '../run/out-folder.ts';
import { abortOnSignals } from '../run/interrupt.ts';
import { tableLines } from '../output/table-lines.ts';
import { chooseRehearsals, type Chosen } from './choose-rehearsals.ts';
import { INSTALLS } from '../../nightly/install/kinds.ts';
import { install } from '../install.ts';
import { holdNight } from './lock.ts';
import type { Io } from '../output/io.ts';
import type { NightOptions } from './play-one.ts';
import { AUTO } from '../../../infra/targets/choose-target.ts';
import { tellNews, requireTelling } from './tell-news.ts';
import { withRegressions } from './regressions.ts';
import { defaultRuns } from '../../shared/places/user-project.ts';
import { within } from '../../shared/within.ts';

interface NightlyOptions extends KeepOptions {
  readonly target?: string;
  readonly repeat?: string;
  readonly jobs: string;
  readonly deadline: string;
  readonly share: boolean;
  readonly shard?: string;
  readonly install?: string;
  readonly execute?: true;
  readonly out: string;
  readonly json?: true;
  readonly tell: string;
}

export const addNightly: AddVerb = (verb, context, finish) => {
  verb
    .argument('[dir...]', 'rehearsals, or folders of them')
    .option('--target <name>', 'where hosts come from, for all of them')
    .option('--repeat <n>', 'play each plan so often')
    .option('--jobs <n>', 'so many side by side; on one machine they disturb each other', '1')
    .option('--deadline <duration>', 'end the night after that; what goes on is torn down', '12h')
    .option('--no-share', 'give each rehearsal hosts of its own, also where several could share them')
    .option('--shard <k/n>', 'play the k-th of n parts, each on a machine of its own')
    .option('--install <kind>', 'show what starts the night: systemd, cron, github or gitlab')
    .option('--execute', 'with --install: write the files')
    .option('--out <dir>', 'folder for run folders and the history', defaultRuns(context.io.cwd))
    .option('--tell <when>', 'tell $REHEARSE_WEBHOOK of changes, always, or never', 'changes')
    .option('--json', 'print the outcomes as one JSON document');
  withKeepOptions(verb)
    .addHelpText(
      'after',
      examples(
        'nightly',
        'nightly rehearsals/* --deadline 6h',
        'nightly --shard 2/4',
        'nightly --install systemd',
      ),
    )
    .action(async (dirs: string[], options: NightlyOptions) => {
      finish(
        await (options.install === undefined
          ? nightly(dirs, options, context)
          : install(INSTALLS, options, context)),
      );
    });
};

async function nightly(
  dirs: readonly string[],
  options: NightlyOptions,
  context: CliContext,
): Promise<number> {
  const { io, out } = context;
  const rule = keepRule(options);
  const night = nightOptions(options, io);
  const deadlineMs = durationOf(options.deadline);
  requireTelling(options.tell);
  const chosen = await chooseRehearsals(dirs, io.cwd);
  const { parseShard, partOf } = await import('../../nightly/shard.ts');
  const part = options.shard === undefined ? chosen : partOf(chosen, parseShard(options.shard));
  await requireWritable(night.outDir, options.out);
  await mkdir(night.outDir, { recursive: true });
  const stop = new AbortController();
  const signal = within([stop.signal], deadlineMs);
  const release = abortOnSignals(context, stop, () => undefined);
  try {
    const letGo = await holdNight(night.outDir, signal, ({ pid, since }) => {
      out.note(
        `another night goes on in ${options.out} (process ${pid}, since ${since}): waiting for its end`,
      );
    });
    try {
      const outcomes = await playNight(part, night, context, signal);
      return await end(outcomes, { rule, night, options, wasStopped: stop.signal.aborted }, context);
    } finally {
      await letGo();
    }
  } catch (error) {
    if (!signal.aborted || stop.signal.aborted) throw error;
    throw new RehearsalError(
      'TIMED_OUT',
      `the night was over after ${options.deadline}, before it could begin`,
      {
        hint: 'another night goes on in this folder; give this one a longer --deadline, or another --out',
      },
    );
  } finally {
    release();
  }
}

async function playNight(
  part: readonly Chosen[],
  night: Night,
  context: CliContext,
  signal: AbortSignal,
): Promise<NightOutcome[]> {
  const [{ playAll }, { unitsOf }] = await Promise.all([
    import('../../nightly/play-all.ts'),
    import('./units.ts'),
  ]);
  await removeDeadRuns(context);
  const units = await unitsOf(part, night, context);
  const played = await playAll(
    units.map(({ play }) => play),
    night.jobs,
    signal,
  );
  await removeDeadRuns(context);
  const outcomes = new Map(
    units.flatMap(({ positions }, unit) =>
      positions.map((position, index) => [position, played[unit]?.[index]] as const),
    ),
  );
  const found = part.map(({ name }, position) => outcomes.get(position) ?? notStarted(name));
  return withRegressions(found, night.outDir, context);
}

function notStarted(rehearsal: string): NightOutcome {
  const headline = 'the night was over before';
  return {
    rehearsal,
    exitCode: null,
    wasStarted: false,
    durationMs: 0,
    runId: null,
    headline,
    regressions: 0,
  };
}

/** With the target on which hosts are shared; undefined = on none. */
type Night = NightOptions & { readonly sharesOn: string | undefined };

interface Ending {
  readonly rule: KeepRule;
  readonly night: NightOptions;
  readonly options: NightlyOptions;
  readonly wasStopped: boolean;
}

/** The table, what may go, and the exit code. */
async function end(
  outcomes: readonly NightOutcome[],
  ending: Ending,
  { io, out }: CliContext,
): Promise<number> {
  const { rule, night, options, wasStopped } = ending;
  const { nightHead, nightMarkdown, nightRows } = await import('../../nightly/night-table.ts');
  const { worstExit } = await import('../../nightly/outcome.ts');
  await writeFile(join(night.outDir, 'night.md'), nightMarkdown(outcomes));
  const pruning = { rule, dead: deadRuns, execute: true, nowMs: Date.now() };
  const pruned = await pruneRuns(night.outDir, pruning);
  for (const runId of pruned.removed) out.note(`removed run folder ${runId}: its line stays in the history`);
  for (const failure of pruned.failures) out.problem(failure);
  const ours = new Set(outcomes.flatMap(({ runId, shared }) => [runId, shared?.id ?? null]));
  const { found, unseen } = await sweepAll(io);
  for (const one of unseen) out.problem(unseenLine(one));
  const left = found.filter((leftover) => isDead(leftover) && ours.has(leftover.runId));
  for (const { what, runId } of left) out.problem(`left behind: ${what} of ${runId}`);
  await tellNews(outcomes, { outDir: night.outDir, when: options.tell }, { io, out });
  const code = left.length > 0 ? EXIT.leaked : wasStopped ? EXIT.interrupted : worstExit(outcomes);
  if (options.json) out.document({ schemaVersion: 1, exitCode: code, outcomes });
  else {
    const width = io.stdoutIsTTY === true ? io.columns : Infinity;
    const rows = nightRows(outcomes).map((row) => row.map(plainText));
    for (const line of tableLines([nightHead(outcomes), ...rows], width)) out.result(line);
  }
  const { writeIndex } = await import('../../history/index-page/write.ts');
  out.note(`all rehearsals on one page: ${relative(io.cwd, await writeIndex(night.outDir, new Date()))}`);
  return code;
}

/** @throws USAGE */
function nightOptions({ target, repeat, jobs, out, share }: NightlyOptions, { cwd, env }: Io): Night {
  if (!/^[1-9]\d?$/.test(jobs)) {
    throw new RehearsalError('USAGE', `--jobs ${jobs} is not a whole number from 1 to 99`, {
      hint: 'leave it out: runs that share a machine disturb each other',
    });
  }
  const args = [
    ...(target === undefined ? [] : ['--target', target]),
    ...(repeat === undefined ? [] : ['--repeat', repeat]),
  ];
  // What auto takes may differ from one to the next.
  const named = target ?? env['REHEARSE_TARGET'] ?? AUTO;
  return {
    outDir: resolve(cwd, out),
    jobs: Number(jobs),
    args,
    sharesOn: share && named !== AUTO ? named : undefined,
  };
}

/** @throws USAGE */
function durationOf(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms > 0 && ms < 2 ** 31) return ms;
  throw new RehearsalError('USAGE', `--deadline ${text} is not a duration of up to 24d`, {
    hint: 'write 6h or 90m',
  });
}
