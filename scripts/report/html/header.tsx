import type { Result } from '../../checks/result/contract/result.ts';
import { formatMs, formatShortCount, plural } from '../../shared/text/format.ts';
import { durationMs, shortName } from '../facts/facts.ts';
import { ageAt, formatDate } from '../dates.ts';

export function Header({ result }: { result: Result }) {
  const { rehearsal, runId, target, environment, playing } = result;
  const roles = environment.hostInfo.map(({ role }) => role).join(' + ');
  const many = environment.hosts > 1 ? `${environment.hosts} hosts` : '';
  const hosts = [target, roles || many].filter((part) => part !== '').join(': ');
  return (
    <header>
      <div>
        <h1>{rehearsal}</h1>
        <div class="mut">
          {[shape(result), snapshotLine(result), `PostgreSQL ${environment.postgresVersion}`].join(' · ')}
        </div>
      </div>
      <div class="mut num run">
        {runId}
        <br />
        {`${hosts} · ${formatMs(durationMs(result))}`}
        {playing && (
          <>
            <br />
            {`playing ${playing.index} of ${playing.of}: ${playing.scenario}, time ${playing.repetition}`}
          </>
        )}
      </div>
    </header>
  );
}

function shape({ steps, load }: Result): string {
  const phases = new Set(steps.map(({ phase }) => phase)).size;
  return `${plural(phases, 'phase')}, ${plural(steps.length, 'step')}, ${plural(load.versions.length, 'app version')}`;
}

function snapshotLine({ snapshot, startedAt }: Result): string {
  if (snapshot === null) return 'no snapshot';
  const biggest = [...snapshot.tables].sort((a, b) => b.rows - a.rows)[0];
  const rows = biggest ? `${formatShortCount(biggest.rows)} ${shortName(biggest.name)}` : 'no tables';
  if (snapshot.takenAt === null) return `snapshot of unknown date (${rows})`;
  const age = ageAt(snapshot.takenAt, startedAt);
  return `snapshot of ${formatDate(snapshot.takenAt)} (${[age, rows].filter((part) => part !== null).join(', ')})`;
}
