import type { Result } from '../../checks/result/contract/result.ts';
import { formatBytes, formatCount, formatMs, formatShortCount, plural } from '../../shared/text/format.ts';
import { disarmedLines } from '../facts/disarmed-facts.ts';
import { shortName } from '../facts/facts.ts';
import { formatDate } from '../dates.ts';
import { originText } from '../facts/origin-facts.ts';
import { waitsText } from '../facts/wait-facts.ts';

const MOST_TABLES = 12;

/** Where the run took place, on what data, and how to check it. */
export function Provenance({ result }: { result: Result }) {
  const entries: [string, string][] = [
    ['Environment', environmentLine(result)],
    ['Hosts', hostsLine(result)],
    ['Machine', machineLine(result)],
    ['Snapshot', snapshotLine(result)],
    ['Disarmed', disarmedLines(result).join(' · ')],
    ['Tables', tablesLine(result)],
    ['Settings', settingsLine(result)],
    ['Traffic', trafficLine(result)],
    ['Load', loadLine(result)],
    ['Waits', waitsText(result)],
    ['Plan', `sha256 ${result.planSha256}; the exact files are in the run folder's plan/`],
    ['From', originText(result)],
    ['Evidence', `runs/${result.runId}; rehearse report ${result.runId} gives this verdict again from it`],
    ['Tool', `dress-rehearsal ${result.toolVersion}, ${formatDate(result.startedAt)}`],
  ];
  return (
    <section>
      <h2>Where and what</h2>
      <dl>
        {entries
          .filter(([, text]) => text !== '')
          .map(([term, text]) => (
            <>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </>
          ))}
      </dl>
    </section>
  );
}

function environmentLine({ environment, target }: Result): string {
  return `${target}, ${plural(environment.hosts, 'host')}, PostgreSQL ${environment.postgresVersion}`;
}

/** Each with the limits that it was given; without one it had all of its machine. */
function hostsLine({ environment }: Result): string {
  return environment.hostInfo
    .map(({ role, address, cpus, memoryBytes }) => {
      const limits = [
        ...(cpus === null ? [] : [`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`]),
        ...(memoryBytes === null ? [] : [`${formatBytes(memoryBytes)} of memory`]),
      ];
      return `${role} ${address}${limits.length === 0 ? '' : ` (${limits.join(', ')})`}`;
    })
    .join(' · ');
}

/** The engine's own: the driver's where there is one, else that of all. */
function machineLine({ environment }: Result): string {
  const { cpus, memoryBytes, os } = environment.machine;
  const whose = environment.hostInfo.some(({ role }) => role === 'driver') ? 'of the driver: ' : '';
  return `${whose}${plural(cpus, 'CPU')}, ${formatBytes(memoryBytes)} of memory, ${os}`;
}

function snapshotLine({ snapshot }: Result): string {
  if (snapshot === null) return 'none';
  const { kind, sha256, takenAt, bytes, restoreMs, base } = snapshot;
  const taken = takenAt === null ? 'date not stated' : formatDate(takenAt);
  const how =
    base === undefined
      ? `restored in ${formatMs(restoreMs)}`
      : `copied in ${formatMs(restoreMs)} from a base that took ${formatMs(base.madeInMs)}`;
  return `${kind}, ${taken}, ${formatBytes(bytes)} ${how}, sha256 ${sha256}`;
}

function tablesLine({ snapshot }: Result): string {
  const tables = [...(snapshot?.tables ?? [])].sort((a, b) => b.bytes - a.bytes);
  const shown = tables
    .slice(0, MOST_TABLES)
    .map(
      ({ name, rows, bytes }) => `${shortName(name)} ${formatShortCount(rows)} rows, ${formatBytes(bytes)}`,
    );
  const more = Math.max(0, tables.length - MOST_TABLES) + (snapshot?.tablesLeftOut?.tables ?? 0);
  if (more > 0) shown.push(`${more} more`);
  return shown.join(' · ');
}

function settingsLine({ environment }: Result): string {
  return environment.settings
    .map(({ name, asked, shown }) =>
      asked === null || asked === shown ? `${name} ${shown}` : `${name} ${shown} (asked ${asked})`,
    )
    .join(' · ');
}

function trafficLine({ traffic }: Result): string {
  return Object.entries(traffic)
    .map(
      ([version, { requests, errors, p50Ms, p99Ms, playing }]) =>
        `${version}: ${plural(requests, 'request')}, ${formatCount(errors)} failed, median ${formatMs(p50Ms)}, p99 ${formatMs(p99Ms)}${playing === undefined ? '' : ` (its worst: playing ${playing})`}`,
    )
    .join(' · ');
}

function loadLine({ load, generator }: Result): string {
  const base = `${formatCount(load.ratePerSec)} requests/s on ${plural(load.connections, 'connection')}, versions ${load.versions.join(' → ')}, seed ${load.seed}`;
  if (generator === null) return base;
  const { lagP50Ms, lagP99Ms, reconnects, unfinished } = generator;
  return `${base}; the generator was late by ${formatMs(lagP50Ms)} (median), ${formatMs(lagP99Ms)} (p99); ${plural(reconnects, 'reconnect')}, ${formatCount(unfinished)} unfinished`;
}
