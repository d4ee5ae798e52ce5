import { join, relative } from 'node:path';
import type { Rehearsal, SnapshotSource, Step, VerifyStep } from '../../scripts/plan/model.ts';
import { shownSource } from '../../scripts/snapshot/restore.ts';
import { remoteSource } from '../../scripts/snapshot/sources/open-remote.ts';
import { byKind, type ByKind } from '../../scripts/shared/by-kind.ts';
import { redact, registerSecret } from '../../scripts/shared/text/redact.ts';
import { fromProjectRoot } from '../project-root.ts';
import type { RehearsalInputs } from '../resources/rehearsal-inputs.ts';
import { fileHash, shortHash } from './fingerprint.ts';
import type { StackConfig } from './stack-config.ts';

/**
 * The inputs that stand for a rehearsal: whatever would make it go another way is in them, as text that people can compare.
 * What came from the environment may be a secret and is left out of it.
 */
export async function rehearsalArgs(rehearsal: Rehearsal, config: StackConfig): Promise<RehearsalInputs> {
  const { target, targets, keep, out, timeout } = config;
  for (const value of Object.values(rehearsal.environment)) registerSecret(value);
  const files: Record<string, string> = {};
  for (const file of rehearsal.files) files[file] = await fileHash(join(rehearsal.dir, file));
  return {
    dir: fromProjectRoot(rehearsal.dir),
    rehearsal: rehearsal.name,
    target,
    ...(keep === undefined ? {} : { keep }),
    ...(out === undefined ? {} : { out: fromProjectRoot(out) }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(targets === undefined ? {} : { targets }),
    steps: stepLines(rehearsal).map(redact),
    files,
    snapshot: await snapshotText(rehearsal.snapshot, rehearsal.dir),
    settings: settingsOf(rehearsal),
  };
}

/** With the name of its plan where there are several: `in-steps: expand  sql/1-add-column.sql`. */
function stepLines({ plan, plans }: Rehearsal): string[] {
  return (
    plans?.flatMap(({ name, steps }) => steps.map((step) => `${name}: ${stepLine(step)}`)) ??
    plan.map(stepLine)
  );
}

/** `expand  sql/1-add-column.sql` */
function stepLine(step: Step): string {
  return `${step.phase}  ${byKind(step, WHAT)}`;
}

const named = ({ name }: Step): string => name;
const filesOf = ({ files }: { files: readonly { file: string }[] }): string =>
  files.map(({ file }) => file).join(', ');

const watchText = ({ watch }: VerifyStep): string =>
  watch === undefined ? '' : ` every ${watch.everyMs} ms through ${watch.through.join(', ')}`;

/** What a step is to people; whatever makes it go another way must be seen in this, in a file or in the settings. */
const WHAT: ByKind<Step, string> = {
  sql: filesOf,
  command: named,
  deploy: named,
  backfill: named,
  soak: named,
  maintenance: ({ action }) => `maintenance ${action}`,
  verify: (step) => `verify ${filesOf(step)}${watchText(step)}`,
};

async function snapshotText(source: SnapshotSource, dir: string): Promise<string> {
  const mask = 'mask' in source ? ` masked ${source.mask.sha256.slice(0, 12)}` : '';
  const text = await byKind<SnapshotSource, string | Promise<string>>(source, {
    file: ({ path }) => fileHash(path),
    // Nobody reads it to see whether it changed: the sum that the author expects says so, or the name does.
    remote: (remote) =>
      `${remoteSource(remote, {}).shown}${remote.sha256 === undefined ? '' : ` ${remote.sha256.slice(0, 12)}`}`,
    physical: (source) => ('path' in source ? fileHash(source.path) : `physical ${shownSource(source, dir)}`),
    synthetic: async ({ path, scale, seed, statistics }) =>
      `synthetic ${await fileHash(path)} × ${scale} seed ${seed} ${shortHash(JSON.stringify(statistics))}`,
    generator: ({ path }) => `generator ${relative(dir, path)}`, // its hash is among the files
    command: ({ command }) => `command ${shortHash(redact(command))}`,
  });
  const database = 'database' in source ? ` of ${source.database}` : '';
  return `${text}${database}${mask}`;
}

/** `postgres.shared_buffers` → `1GB`, `load.ratePerSec` → `400`, `budgets.lockWaitMs` → `500` … */
function settingsOf({ postgres, hosts, targets, load, budgets }: Rehearsal): Record<string, string> {
  const { settings, ...server } = postgres;
  const { versions, ...traffic } = load;
  const parts = {
    postgres: { ...server, ...Object.fromEntries(settings.map(({ name, value }) => [name, value])) },
    ...Object.fromEntries(Object.entries(hosts).map(([role, host]) => [`hosts.${role}`, { ...host }])),
    ...flat('targets', targets),
    load: { ...traffic, versions: versions.map(({ name }) => name).join(' → ') },
    budgets: { ...budgets },
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, values]) =>
      Object.entries(values).map(([name, value]) => [`${part}.${name}`, redact(String(value))]),
    ),
  );
}

/** `{ ssh: { hosts: { primary: { port: 22 } } } }` → `targets.ssh.hosts.primary: { port: 22 }` */
function flat(path: string, value: object): Record<string, Record<string, unknown>> {
  const entries = Object.entries(value) as [string, unknown][];
  const maps = entries.filter((entry): entry is [string, object] => isMap(entry[1]));
  const own = Object.fromEntries(entries.filter(([, each]) => !isMap(each)));
  const inner = maps.map(([name, each]) => flat(`${path}.${name}`, each));
  return Object.assign({ [path]: own }, ...inner) as Record<string, Record<string, unknown>>;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
