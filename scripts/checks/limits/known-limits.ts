import { formatCount, plural } from '../../shared/text/format.ts';
import type { CompatibilityRecord, StatementRecord } from '../../artifacts/records/records.ts';
import { POLL_MS } from '../../artifacts/polling.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { notRead } from './not-read.ts';
import { noiseLimit } from './noise-limit.ts';
import { inputLimits } from './input-limits.ts';
import { ownErrorsLimit } from './own-errors-limit.ts';
import { sharedLoadLimit } from './shared-load-limit.ts';
import { roleLimits } from './role-limits.ts';
import { sequenceLimits } from './sequence-limits.ts';
import { unplayedRollbacks } from './unplayed-rollbacks.ts';
import { nearBudget } from '../nearness/near-budget.ts';
import { unmetQueues } from '../nearness/unmet-queues.ts';
import { commandLimits, overriddenByCommands } from '../settings/command-settings.ts';
import { overriddenKeys } from '../settings/overridden.ts';
import { unknownSettings } from '../settings/unknown/index.ts';
import { publishedLimits } from './published-limits.ts';
import { waitFacts } from '../analysis/wait-tier.ts';
import { waitLimit } from './wait-limit.ts';
import { listed } from '../wording.ts';

/** What a rehearsal cannot tell, as full sentences: first what the environment says of itself. */
export function knownLimits(analysis: Analysis): string[] {
  const { evidence } = analysis;
  const { run, environment, snapshot } = evidence;
  const { ratePerSec, versions } = run.load;
  const scripts = versions.reduce((sum, version) => sum + version.scripts.length, 0);
  return [
    ...(environment?.limits ?? []),
    ...(snapshot?.warnings ?? []),
    `The load was ${formatCount(ratePerSec)} requests/s of ${plural(scripts, 'script')} as written for this rehearsal; it was compared with no production traffic.`,
    'The cache was warm: data that had just been restored was in memory, and a cold production cache would be slower.',
    ...(snapshot?.kind === 'synthetic'
      ? []
      : [
          'Whether the snapshot was masked, cut or aged is not known; other values, sizes or bloat change how long a statement takes.',
        ]),
    ...sharedLoadLimit(evidence),
    ...noiseLimit(analysis),
    ...inputLimits(run),
    ...unplayedRollbacks(evidence),
    ...[notRead(evidence) ?? []].flat(),
    ...roleLimits(analysis),
    ...unknownSettings(analysis),
    ...ownErrorsLimit(analysis),
    ...publishedLimits(analysis),
    ...sequenceLimits(analysis),
    waitLimit(evidence),
    ...outsideLimit(analysis),
    ...nearBudget(analysis),
    ...unmetQueues(analysis),
    ...overriddenKeys(analysis.steps),
    ...overriddenByCommands(analysis),
    ...commandLimits(analysis),
    ...unseenScripts(evidence.compatibility ?? []),
    'The WAL of a statement includes what the app wrote meanwhile.',
  ];
}

/** Statements outside a transaction and foreign programs cannot be asked for their locks: they are watched from outside. */
function outsideLimit({ evidence }: Analysis): string[] {
  const commands = evidence.run.plan.filter(({ kind }) => kind === 'command').length;
  const outside = (evidence.steps ?? [])
    .filter((event) => event.type === 'statement')
    .filter(({ capture }) => capture === 'outside');
  const statements = distinctStatements(outside.filter(({ error }) => error === null));
  // One that gave way to others held nothing that they wanted.
  const failed = distinctStatements(
    outside.filter(({ error }) => error !== null && error.sqlstate !== '55P03'),
  );
  const watched = [
    ...(statements > 0 ? [plural(statements, 'statement')] : []),
    ...(commands > 0 ? [plural(commands, 'command step')] : []),
  ];
  return [
    ...(watched.length > 0
      ? [
          `The locks of ${watched.join(' and ')} were watched from outside, every ${POLL_MS} ms: one held for a shorter time can be missed.`,
        ]
      : []),
    ...(failed > 0
      ? [
          `What ${plural(failed, 'statement')} held until the failure was watched from outside, every ${waitFacts(evidence).pollMs} ms, from ${2 * POLL_MS} ms on: shorter holds are not known.`,
        ]
      : []),
  ];
}

function distinctStatements(records: readonly StatementRecord[]): number {
  return new Set(records.map(({ step, index }) => `${index} ${step}`)).size;
}

/** Of a run that tells what the others use. */
function unseenScripts(matrix: readonly CompatibilityRecord[]): string[] {
  if (!matrix.some(({ uses }) => uses !== undefined)) return [];
  const unseen = matrix.filter(({ ok, uses }) => ok && uses === undefined);
  const names = [...new Set(unseen.map(({ version, script }) => `${version}/${script}`))];
  return names.length === 0
    ? []
    : [
        `Which tables ${listed(names)} ${names.length === 1 ? 'uses' : 'use'} could not be seen: a table that the plan stopped counts as asked for by ${names.length === 1 ? 'it' : 'them'}.`,
      ];
}
