import { backfillMistakes } from '../../backfill-sql.ts';
import { networkOf } from '../../command-network.ts';
import { defined } from '../../schema/defined.ts';
import type {
  BackfillStep,
  CommandStep,
  DeployStep,
  RollbackFile,
  SoakStep,
  SqlFile,
  SqlStep,
  Step,
  StepByKind,
  StepKind,
  TransactionMode,
  VerifyStep,
} from '../../model.ts';
import { plain, readFiles } from './read-files.ts';
import { readWatch } from './read-watch.ts';
import type { ParsedSqlFile, Reading } from '../reading.ts';
import type { WrittenNetwork } from '../../schema/schema-commands.ts';
import { kindOfConfig, type ConfigOf, type StepConfig } from '../../schema/schema-steps.ts';
import { nameSteps } from '../../step-names.ts';
import { transactionOf } from './transaction-rule.ts';
import { endsTransaction, isCertainlyOutside, transactionMistakes } from './transactions.ts';
import type { PlanParts } from '../salvage.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';

type Base = Omit<SoakStep, 'kind' | 'forMs'>;

/**
 * The steps of the plan; `undefined` stands for one that breaks the schema. Notes every mistake in them and their files.
 * @param network of commands that say nothing of theirs
 */
export async function readSteps(
  plan: PlanParts,
  network: WrittenNetwork | undefined,
  reading: Reading,
): Promise<Step[]> {
  const { names, mistakes } = nameSteps(plan, (path) => reading.source.written(path));
  for (const { path, message } of mistakes) reading.mistake(path, message);
  requireOnePointOfNoReturn(plan, names, reading);
  requireClosedWindows(plan, names, reading);
  const steps: Step[] = [];
  const all = plan.steps.includes(undefined) ? undefined : names;
  for (const [index, config] of plan.steps.entries())
    if (config) {
      const place = { name: names[index] ?? '', names: all, path: [...plan.path, index], network };
      steps.push(await readStep(config, place, reading));
    }
  return steps;
}

/** Behind the first one there is no way back to lose. */
function requireOnePointOfNoReturn(
  { path, steps }: PlanParts,
  names: readonly string[],
  reading: Reading,
): void {
  const [first, ...others] = steps.flatMap((config, index) =>
    config?.pointOfNoReturn === true ? [index] : [],
  );
  for (const index of others)
    reading.mistake(
      [...path, index, 'pointOfNoReturn'],
      `there is one before it, step ${(first ?? 0) + 1} ${names[first ?? 0] ?? ''}; a plan has one point of no return, from which on there is no way back`,
    );
}

/** The app is taken off while it is there, and let in again before the plan ends. */
function requireClosedWindows({ path, steps }: PlanParts, names: readonly string[], reading: Reading): void {
  let begun: number | undefined;
  for (const [index, config] of steps.entries()) {
    if (config === undefined || !('maintenance' in config)) continue;
    const at = [...path, index, 'maintenance'];
    const since = begun === undefined ? '' : `step ${begun + 1} ${names[begun] ?? ''}`;
    if (config.maintenance === 'begin' && begun !== undefined)
      reading.mistake(at, `the app is off since ${since}; write maintenance: end before it begins anew`);
    if (config.maintenance === 'end' && begun === undefined)
      reading.mistake(at, 'nothing has begun that could end here; write maintenance: begin before it');
    begun = config.maintenance === 'begin' ? (begun ?? index) : undefined;
  }
  if (begun !== undefined && !steps.includes(undefined))
    reading.mistake(
      [...path, begun, 'maintenance'],
      'never ends: the app stays off; write { phase: …, maintenance: end } behind the last step of the window',
    );
}

/** What a step has by its place. */
interface Place {
  readonly name: string;
  /** Of all steps of the plan; undefined where not all are known. */
  readonly names: readonly string[] | undefined;
  readonly path: KeyPath;
  readonly network: WrittenNetwork | undefined;
}

async function readStep(config: StepConfig, place: Place, reading: Reading): Promise<Step> {
  const { name, path } = place;
  const base: Base = defined({
    name,
    phase: config.phase,
    lockTimeoutMs: config.lockTimeout,
    statementTimeoutMs: config.statementTimeout,
    retries: config.retries,
    retryPauseMs: config.retryPause,
    pointOfNoReturn: config.pointOfNoReturn,
    losesRows: config.losesRows,
    quietTables: config.quietTables,
    rollback: await readRollback(config, path, reading),
  });
  // The compiler does not follow that the reader and the written step are of the same kind.
  const read = READERS[kindOfConfig(config)] as Reader<StepConfig, Step>;
  return read(config, { base, ...place, reading });
}

/** What a kind's reader is given besides what the author wrote. */
interface ReadPart extends Omit<Place, 'name'> {
  readonly base: Base;
  readonly reading: Reading;
}
type Reader<C, S> = (config: C, part: ReadPart) => S | Promise<S>;

const READERS: { readonly [K in StepKind]: Reader<ConfigOf<K>, StepByKind[K]> } = {
  sql: (config, { base, path, reading }) => sqlStep(config, base, path, reading),
  command: (config, { base, network }) => commandStep(config, base, network),
  deploy: (config, { base }) => deployStep(config, base),
  backfill: (config, { base, path, reading }) => backfillStep(config, base, path, reading),
  soak: (config, { base }) => ({ ...base, kind: 'soak', forMs: config.soak }),
  verify: verifyStep,
  maintenance: (config, { base }) => ({ ...base, kind: 'maintenance', action: config.maintenance }),
};

async function readRollback(
  config: StepConfig,
  path: KeyPath,
  reading: Reading,
): Promise<RollbackFile | undefined> {
  if (config.rollback === undefined) return undefined;
  const at = [...path, 'rollback'];
  const read = await reading.sqlFile(at, config.rollback, 'public', 'down');
  if (read === undefined) return undefined;
  const { rule } = read;
  if (rule?.up !== undefined && rule.downPart === undefined)
    reading.mistake(at, `{value} has no part that goes down, as ${rule.tool} marks it`);
  const told = transactionOf('transaction' in config ? config.transaction : undefined, [read]);
  const { mode, tool } = 'question' in told ? { mode: 'as-written' as const, tool: undefined } : told;
  const file = { ...read, ...ofItsTool(mode, tool, read) };
  for (const mistake of transactionMistakes(mode, [file]))
    reading.mistakeIn(mistake.file, mistake.line, mistake.message);
  return { ...plain(file), transaction: mode, ...defined({ tool }) };
}

async function sqlStep(
  config: ConfigOf<'sql'>,
  base: Base,
  path: KeyPath,
  reading: Reading,
): Promise<SqlStep> {
  const files = await readFiles(config.sql, [...path, 'sql'], reading);
  for (const { file, rule } of files) if (rule?.down) reading.mistakeIn(file, undefined, wayBack(rule.tool));
  const told = transactionOf(config.transaction, files);
  if ('question' in told) reading.mistake([...path, 'sql'], told.question);
  const { mode, tool } = 'question' in told ? { mode: 'as-written' as const, tool: undefined } : told;
  const ruled = files.map((file) => ({ ...file, ...ofItsTool(mode, tool, file) }));
  for (const { file, line, message } of transactionMistakes(mode, ruled))
    reading.mistakeIn(file, line, message);
  const step = { ...base, kind: 'sql', files: ruled.map(plain), transaction: mode } as const;
  return tool === undefined ? step : { ...step, tool };
}

async function verifyStep(
  config: ConfigOf<'verify'>,
  { base, path, names, reading }: ReadPart,
): Promise<VerifyStep> {
  const files = await readFiles(config.verify, [...path, 'verify'], reading);
  const watch = readWatch(config, files, { path, names, reading });
  return { ...base, kind: 'verify', files: files.map(plain), ...defined({ watch }) };
}

async function backfillStep(
  { backfill }: ConfigOf<'backfill'>,
  base: Base,
  path: KeyPath,
  reading: Reading,
): Promise<BackfillStep> {
  for (const { part, place = 0, message, detail } of await backfillMistakes(backfill)) {
    const whole = [...path, 'backfill', part];
    const isList = part === 'key' && reading.source.written(whole) === undefined;
    const at = isList ? [...whole, place] : whole;
    const quotable = detail !== undefined && !reading.source.isSecret(at);
    reading.mistake(at, quotable ? `${message}: ${detail}` : message);
  }
  const { table, key, set, where, batchTarget, throttle } = backfill;
  return {
    ...base,
    kind: 'backfill',
    ...defined({ table, key, set, where, batchTargetMs: batchTarget, throttleP99Ms: throttle?.p99 }),
  };
}

function deployStep({ deploy }: ConfigOf<'deploy'>, base: Base): DeployStep {
  const { to, strategy, over } = deploy;
  return { ...base, kind: 'deploy', to, strategy, overMs: over };
}

function commandStep(
  config: ConfigOf<'command'>,
  base: Base,
  forAll: WrittenNetwork | undefined,
): CommandStep {
  const { command, timeout, touchesDatabase, output, network } = config;
  return {
    ...base,
    kind: 'command',
    command,
    timeoutMs: timeout,
    touchesDatabase,
    output,
    ...networkOf(network, forAll),
  };
}

function wayBack(tool: string): string {
  return `is the way back in a migration of ${tool}: name it under rollback, and the file that goes up under sql`;
}

/** What the file's own tool does otherwise than one transaction a file; without a tool that decides, the plan's word is for all. */
function ofItsTool(
  mode: TransactionMode,
  tool: string | undefined,
  { rule, statements = [] }: ParsedSqlFile,
): Pick<SqlFile, 'asWritten' | 'begun' | 'apart'> {
  if (mode !== 'file' || tool === undefined || rule === undefined) return {};
  if (rule.transaction === 'as-written') return { asWritten: true };
  const outside = statements.filter(isCertainlyOutside).length;
  if (rule.divides !== undefined) {
    const isOutside = rule.divides === 'wholly' && outside > 0 && outside === statements.length;
    const hasOwn = rule.divides === 'apart' && statements.some(endsTransaction);
    if (isOutside || hasOwn) return { asWritten: true };
    if (rule.divides === 'apart' && outside > 0) return { apart: true };
  }
  return defined({ begun: rule.begins });
}
