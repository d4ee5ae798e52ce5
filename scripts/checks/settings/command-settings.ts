import type {
  CommandSessionsRecord,
  CommandStatementRecord,
  PlannedStep,
} from '../../artifacts/records/records.ts';
import { plural } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { stepTitle } from '../wording.ts';
import { settingsBy, type OwnSetting } from './own-settings.ts';
import { OVERRIDABLE } from './overridden.ts';
import { shownTimeout, timeoutMs } from './timeouts.ts';

type CommandSetting = Pick<OwnSetting, 'name' | 'value'>;

/** What sessions of a command sent that is on record, in order of time. */
export function sentBy(step: string, { evidence }: Pick<Analysis, 'evidence'>): CommandStatementRecord[] {
  return (evidence.steps ?? []).filter(
    (event): event is CommandStatementRecord => event.type === 'command-statement' && event.step === step,
  );
}

/** Timeouts that sessions of a command set by themselves, each as often as it has another value. `libpg-query` must be loaded. */
export function commandSettings(sent: readonly CommandStatementRecord[]): CommandSetting[] {
  const set = sent.filter(({ error }) => error === null).flatMap(({ sql }) => settingsBy(sql));
  const distinct = new Map(set.map(({ name, value }) => [`${name} ${value}`, { name, value }]));
  return [...distinct.values()];
}

/** The longest lock_timeout of a command's sessions, else the step's; 0 = one waited without end; undefined = not known. */
export function commandLockTimeoutMs(
  { name, lockTimeoutMs }: PlannedStep,
  analysis: Pick<Analysis, 'evidence'>,
): number | undefined {
  const set = commandSettings(sentBy(name, analysis)).filter((setting) => setting.name === 'lock_timeout');
  const own = set.flatMap(({ value }) => (value === null ? [] : [timeoutMs(value) ?? 0]));
  if (own.length > 0) return own.includes(0) ? 0 : Math.max(...own);
  if (lockTimeoutMs !== undefined) return lockTimeoutMs;
  const isRead = (analysis.evidence.steps ?? []).some(
    (event) =>
      event.type === 'command-sessions' &&
      event.step === name &&
      event.sessions > 0 &&
      event.unread === 0 &&
      event.isWhole,
  );
  return isRead ? 0 : undefined;
}

/** Where a command's own setting won over a key of its step, as sentences. */
export function overriddenByCommands(analysis: Analysis): string[] {
  return analysis.steps.flatMap(({ run }) => {
    const own = commandSettings(sentBy(run.planned.name, analysis));
    return OVERRIDABLE.flatMap(({ name, key, planned }) => {
      const ms = run.planned[planned];
      if (ms === undefined) return [];
      const won = own.find((setting) => setting.name === name && setting.value !== shownTimeout(ms));
      if (won === undefined) return [];
      const does = won.value === null ? `resets ${name}` : `sets ${name} to ${won.value}`;
      return [
        `${stepTitle(run)}: the command ${does} by itself, so the step's ${key} of ${shownTimeout(ms)} was not in force behind it.`,
      ];
    });
  });
}

/** What is not known of commands whose sessions were read along, as sentences. */
export function commandLimits(analysis: Analysis): string[] {
  const all = (analysis.evidence.steps ?? []).filter((event) => event.type === 'command-sessions');
  const read = all.filter(({ sessions }) => sessions > 0).length;
  if (read === 0) return [];
  return [
    ...unreadSessions(all, analysis),
    `Which statements of ${plural(read, 'command step')} held a lock, rewrote a table or read a whole one is known by what was seen from outside while they ran, and the WAL of each is not; as sql steps they are measured one by one.`,
  ];
}

function unreadSessions(all: readonly CommandSessionsRecord[], { steps }: Analysis): string[] {
  return steps.flatMap(({ run }) => {
    const ended = all.find(({ step }) => step === run.planned.name);
    if (ended === undefined || (ended.unread === 0 && ended.isWhole)) return [];
    const what =
      ended.unread === 0
        ? 'the command sent more than was kept'
        : `${plural(ended.unread, 'session')} of the command could not be read, as where it is encrypted`;
    return [
      `${stepTitle(run)}: ${what}: what CASCADE took along there, what IF [NOT] EXISTS skipped, what the server said and which timeouts it set is not known.`,
    ];
  });
}
