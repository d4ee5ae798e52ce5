import { notePackages, versionOf } from './read/settings/read-packages.ts';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { InputError, mistakeLine, RehearsalError, type Mistake } from '../shared/errors.ts';
import { readPlainFile } from '../shared/files/plain-file.ts';
import { readRulesFile } from './mask/rules-file.ts';
import { readStatisticsFile } from './statistics/read-statistics-file.ts';
import { networkOf } from './command-network.ts';
import { defined } from './schema/defined.ts';
import { readEnvironment } from './env-variables.ts';
import { locateRehearsal } from './read/settings/locate.ts';
import type { AppVersion, Budgets, PostgresSpec, Rehearsal, Scenario, SnapshotSource } from './model.ts';
import { hostsOf, noteIdleDrivers } from './read/read-hosts.ts';
import { readVersions } from './read/read-load.ts';
import { readMigrations, type ReadLedger } from './read/steps/read-migrations.ts';
import { readPlans } from './read/read-plans.ts';
import { readTargets, TARGETS_VARIABLE } from './read/settings/read-targets.ts';
import { labelOf, Reading } from './read/reading.ts';
import { readSettings, withSettings, withTargets } from './read/settings/read-settings.ts';
import { salvageParts, type Parts } from './read/salvage.ts';
import { schemaIssues } from './schema/schema-issues.ts';
import { rehearsalSchema, type RehearsalConfig } from './schema/schema.ts';
import { physicalOf } from './read/read-physical.ts';
import { withProduction } from './production/follow.ts';
import {
  folderMistake,
  productionOf,
  snapshotFolderIn,
  type SnapshotFolder,
} from './production/snapshot-folder.ts';
import { isDatabase, isUrl, readableUrl, urlMistakes } from './snapshot-url.ts';
import { readSynthetic } from './synthetic/read-synthetic.ts';
import { keyText, YamlSource } from './yaml/yaml-source.ts';

interface ReadOptions {
  /** The caller's folder: where relative paths start, where `.env` may lie, and what messages are relative to. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly lookInto?: LookInto;
  /** Of a plan by `migrations`: a git ref, or `ledger`, instead of the rehearsal's own word. */
  readonly since?: string | undefined;
}

/** What later stages know of files that the rehearsal names, so that their mistakes are told in the same go. */
interface LookInto {
  readonly scripts: (versions: readonly AppVersion[]) => readonly Mistake[];
  /** What is wrong with the file or folder at `path`, called `shown`. @throws RehearsalError likewise */
  readonly snapshot: (path: string, shown: string) => Promise<string | undefined>;
  /** What the snapshot's own table says of the migrations that it has run. */
  readonly ledger: ReadLedger;
}

/**
 * Reads and checks a rehearsal with everything that it names, and starts nothing.
 * @param dir its folder, its YAML file, or its bare name under `./rehearsals`
 * @throws REHEARSAL_NOT_FOUND, or InputError with every mistake at once
 */
export async function readRehearsal(
  dir: string,
  { cwd, env, lookInto, since }: ReadOptions,
): Promise<Rehearsal> {
  const place = locateRehearsal(dir, resolve(cwd));
  const text = (await readPlainFile(place.file)).toString('utf8');
  const { lookup, notFiles } = await readEnvironment(place.dir, cwd, env);
  const source = new YamlSource(text, labelOf(place.file, cwd), lookup);
  const reading = new Reading(source, { yamlFile: place.file, dir: place.dir, cwd });
  for (const path of new Set(notFiles)) reading.mistakeIn(path, undefined, 'is not a file');
  reading.mistakes.push(...source.mistakes);
  if (source.value === undefined) throw new InputError(inReadingOrder(reading.mistakes));
  const shared = await readSettings(place.dir, cwd, lookup);
  if (shared) reading.files.add(reading.fromDir(shared.file));
  const outer = readTargets(env[TARGETS_VARIABLE], TARGETS_VARIABLE);
  reading.mistakes.push(...(shared?.mistakes ?? []), ...outer.mistakes);
  const own = withTargets(withSettings(source.value, shared?.value), outer.value);
  const folder = await snapshotFolderIn(own, reading);
  const value = withProduction(own, folder?.facts);
  const told = new Set([...(shared?.mistakes ?? []), ...outer.mistakes].map(({ key }) => key));
  for (const { path, message } of schemaIssues(value))
    if (!told.has(keyText(path))) reading.mistake(path, message);
  const [parts, before] = [salvageParts(value), reading.mistakes.length];
  const snapshot = await readSnapshot(
    parts,
    folder && { ...folder, own: salvageParts(own) },
    reading,
    lookInto,
  );
  const isWhole = reading.mistakes.length === before;
  const versions = parts.versions && (await readVersions(parts.versions, parts.role, reading));
  reading.mistakes.push(...(lookInto?.scripts(versions ?? []) ?? []));
  const wanted = { since, snapshot: isWhole ? snapshot : undefined, ledger: lookInto?.ledger };
  const { plans: written, nothingNew, notes } = await readMigrations(parts, wanted, reading);
  const plans = await readPlans({ ...parts, plans: written }, value, reading);

  const { data: config } = rehearsalSchema.safeParse(value);
  if (config) noteSettings(config, plans.scenarios, reading);
  if (reading.mistakes.length > 0 || !config || !snapshot || !versions)
    throw new InputError(inReadingOrder(reading.mistakes));
  return {
    name: config.name,
    dir: place.dir,
    snapshot,
    postgres: postgresOf(config.postgres, reading),
    hosts: hostsOf(config.hosts),
    targets: config.targets,
    load: loadOf(config.load, versions),
    budgets: budgetsOf(config.budgets),
    ...(!saysBudgets(value) && { hasDefaultBudgets: true }),
    ...(config.quietTables && { quietTables: config.quietTables }),
    ...defined({ planRole: config.planRole }),
    ...(config.nightly && { nightly: true }),
    ...plans,
    ...defined({ nothingNew }),
    ...(notes.length > 0 && { notes }),
    files: [...reading.files].sort(),
    outside: [...reading.outside].sort(),
    environment: { ...shared?.environment, ...source.environment },
  };
}

type SourceConfig = Extract<Parts['snapshot'], { readonly source: string }>;
type Remote = Extract<SnapshotSource, { kind: 'remote' }>;

async function readSnapshot(
  { snapshot: config, network: forAll, settings }: Parts,
  folder: (SnapshotFolder & { readonly own: unknown }) | undefined,
  reading: Reading,
  lookInto: LookInto | undefined,
): Promise<SnapshotSource | undefined> {
  if (config === undefined) return undefined;
  const takenAt = config.takenAt === undefined ? {} : { takenAt: config.takenAt };
  if ('command' in config) {
    const { command, network } = config;
    return { kind: 'command', command, ...takenAt, ...networkOf(network, forAll) };
  }
  if ('physical' in config) return physicalOf(config, reading);
  if ('source' in config) {
    const mask = await readRulesFile(['snapshot', 'mask'], config.mask, reading);
    const statistics = await readStatisticsFile(['snapshot', 'statistics'], config.statistics, reading);
    const { sha256, database } = config;
    const more = { ...takenAt, ...defined({ sha256, database, mask, statistics }) };
    refuseForSource(config, reading);
    if (isUrl(config.source))
      return remoteOf(config.source, { ...more, ...defined({ limits: config.limits }) }, reading);
    const path = reading.absolute(config.source);
    const broken = await folderMistake(path);
    if (broken !== undefined) reading.mistake(['snapshot', 'source'], broken);
    else await checkDump(folder?.dump ?? path, reading, lookInto);
    if (folder === undefined) return { kind: 'file', path, ...more };
    const { dump, facts } = folder;
    const production = productionOf(facts, settings, saidBy(folder.own));
    const known = { takenAt: facts.takenAt, ...defined({ statistics: folder.statistics }) };
    return { kind: 'file', path: dump, production, ...known, ...more };
  }
  if ('synthesize' in config) return readSynthetic(config, settings, reading);
  const at = ['snapshot', 'generator'];
  const { statements } = (await reading.sqlFile(at, config.generator, 'private')) ?? {};
  if (statements?.length === 0) reading.mistake(at, '{value} holds no SQL statement');
  return { kind: 'generator', path: reading.absolute(config.generator), ...takenAt };
}

/** What is said of a source that is not for its kind. */
function refuseForSource({ source, sha256, database, limits }: SourceConfig, reading: Reading): void {
  const isLive = isDatabase(source);
  if (limits !== undefined && !isLive)
    reading.mistake(
      ['snapshot', 'limits'],
      'is for a source that is a server, such as postgres://user@host/shop',
    );
  if (sha256 !== undefined && isLive)
    reading.mistake(['snapshot', 'sha256'], 'is for a dump; what a server holds has another sum each time');
  if (database !== undefined && isLive)
    reading.mistake(['snapshot', 'database'], 'is for a dump; the URL of a server names its database');
}

/** Nobody is asked for it here: what it holds shows once it is restored. */
function remoteOf(url: string, more: Omit<Remote, 'kind' | 'url'>, reading: Reading): SnapshotSource {
  const secrets = Object.values(reading.source.environment);
  for (const wrong of urlMistakes(url, secrets)) reading.mistake(['snapshot', 'source'], wrong);
  return { kind: 'remote', url: readableUrl(url), ...more };
}

/** A file, or a folder of files: an archive in pg_dump's directory format. */
async function checkDump(path: string, reading: Reading, lookInto: LookInto | undefined): Promise<void> {
  const at = ['snapshot', 'source'];
  const before = reading.mistakes.length;
  const found = await stat(path).catch(() => undefined);
  if (!found) reading.mistake(at, 'there is no file {value}');
  else if (found.isDirectory()) {
    for (const name of await readdir(path).catch(() => [])) {
      const inside = await stat(join(path, name)).catch(() => undefined);
      if (inside && !inside.isFile() && !inside.isDirectory())
        reading.mistakeIn(join(path, name), undefined, 'is not a file');
    }
  } else if (!found.isFile()) reading.mistake(at, '{value} is not a file');
  if (found && lookInto && reading.mistakes.length === before) await checkContent(path, reading, lookInto);
  await reading.tellOutside(path);
}

/** What a look at its two ends tells. */
async function checkContent(path: string, reading: Reading, lookInto: LookInto): Promise<void> {
  const at = ['snapshot', 'source'];
  try {
    const wrong = await lookInto.snapshot(path, '{value}');
    if (wrong !== undefined) reading.mistake(at, wrong);
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    const { message, hint } = error;
    reading.mistake(at, hint === undefined ? message : `${message} (${hint})`);
  }
}

const RESTART = 'restart_after_crash';
/** As PostgreSQL reads a boolean. */
const OFF = /^(?:off|f(?:alse?|al?)?|no?|0)$/i;

/** What a rehearsal says itself, and does not take from production. */
function saidBy(own: unknown): { readonly settings: readonly string[]; readonly rate: boolean } {
  const { settings, saysRate } = salvageParts(own);
  return { settings: Object.keys(settings), rate: saysRate };
}

function noteSettings(config: RehearsalConfig, scenarios: readonly Scenario[], reading: Reading): void {
  notePackages(config.postgres, reading);
  noteNoRestart(config.postgres.settings, scenarios, reading);
  noteIdleDrivers(config, reading);
}

/** A server that is crashed on purpose has to come back by itself. */
function noteNoRestart(
  settings: RehearsalConfig['postgres']['settings'],
  scenarios: readonly Scenario[],
  reading: Reading,
): void {
  const name = Object.keys(settings).find((one) => one.toLowerCase() === RESTART);
  if (name === undefined || !OFF.test(String(settings[name]))) return;
  if (!scenarios.some(({ interruption }) => interruption?.how === 'server')) return;
  const instead = 'leave it out, or write how: [session, client] below interrupted';
  reading.mistake(
    ['postgres', 'settings', name],
    `a server that is crashed on purpose would stay away; ${instead}`,
  );
}

function postgresOf(config: RehearsalConfig['postgres'], reading: Reading): PostgresSpec {
  const { binDir, packages, port, settings, standby } = config;
  const version = versionOf(config);
  return {
    ...defined({
      version,
      packages,
      binDir: binDir === undefined ? undefined : reading.absolute(binDir),
      port,
    }),
    settings: Object.entries(settings).map(([name, value]) => ({ name, value: String(value) })),
    standby,
  };
}

function loadOf(config: RehearsalConfig['load'], versions: readonly AppVersion[]): Rehearsal['load'] {
  const { rate, connections, warmup, cooldown, seed, pipeline, delayedOver } = config;
  return {
    ratePerSec: rate,
    connections,
    warmupMs: warmup,
    cooldownMs: cooldown,
    seed,
    versions,
    ...(pipeline && { pipeline }),
    ...defined({ delayedOverMs: delayedOver }),
  };
}

function saysBudgets(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'budgets' in value;
}

function budgetsOf(config: z.infer<typeof rehearsalSchema>['budgets']): Budgets {
  return defined({
    lockWaitMs: config.lockWait,
    lockHoldMs: config.lockHold,
    downtimeMs: config.downtime,
    p99Ms: config.p99,
    errors: config.errors,
    blockedSeconds: config.blockedSeconds,
    stepDurationMs: config.stepDuration,
    backfillRatePerSec: config.backfillRate,
    replicationLagMs: config.replicationLag,
    regressionPercent: config.regression,
  });
}

/** Each once; file after file as they were met, and each file from its top. */
function inReadingOrder(mistakes: readonly Mistake[]): Mistake[] {
  const unique = [...new Map(mistakes.map((mistake) => [mistakeLine(mistake), mistake])).values()];
  const files = [...new Set(unique.map(({ file }) => file))];
  return files.flatMap((file) =>
    unique.filter((mistake) => mistake.file === file).sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  );
}
