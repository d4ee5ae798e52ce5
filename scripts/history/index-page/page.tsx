import { render } from 'preact-render-to-string';
import { ageAt, formatDate } from '../../report/dates.ts';
import { STYLES } from '../../report/html/styles.ts';
import { plural } from '../../shared/text/format.ts';
import type { History } from '../lines/history-file.ts';
import type { RunLine } from '../lines/history-line.ts';
import { Chart } from './chart.tsx';
import { trendsOf, type RehearsalTrend } from './series.ts';
import { INDEX_STYLES } from './styles.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const MOST_NIGHTS = 30;
const WORD = { pass: 'pass', fail: 'FAIL', inconclusive: 'could not tell' } as const;

interface IndexOptions {
  /** Ids of the runs whose reports lie beside the page. */
  readonly reports: ReadonlySet<string>;
  /** ISO 8601: what the ages are counted from. */
  readonly now: string;
}

/** All rehearsals on one page that loads nothing: the last night, and how it came to that. */
export function renderIndex(history: History, options: IndexOptions): string {
  return `<!doctype html>${render(<Page history={history} options={options} />)}\n`;
}

function Page({ history, options }: { history: History; options: IndexOptions }) {
  const trends = trendsOf(history.runs);
  const bad = trends.filter(({ last }) => last.verdict !== 'pass').length;
  const word =
    trends.length === 0 ? 'Nothing yet' : bad === 0 ? 'All pass' : `${bad} of ${trends.length} do not pass`;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <title>{`Rehearsals: ${word}`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLES + INDEX_STYLES }} />
      </head>
      <body>
        <main>
          <header>
            <div>
              <h1>Rehearsals</h1>
              <div class="mut">{`${plural(trends.length, 'rehearsal')}, ${plural(history.runs.length, 'run')}`}</div>
            </div>
            <div class="mut num run">{formatDate(options.now)}</div>
          </header>
          <section class={`verdict ${trends.length === 0 ? 'inconclusive' : bad === 0 ? 'pass' : 'fail'}`}>
            <div class="word">{word}</div>
            {history.problems.map((problem) => (
              <p class="small">{problem}</p>
            ))}
          </section>
          <Overview trends={trends} options={options} />
          {trends.map((trend) => (
            <Rehearsal trend={trend} notes={history.notes} options={options} />
          ))}
        </main>
      </body>
    </html>
  );
}

function Overview({ trends, options }: { trends: readonly RehearsalTrend[]; options: IndexOptions }) {
  if (trends.length === 0) return <p>rehearse run and rehearse nightly fill this page.</p>;
  return (
    <section>
      <h2>The last run of each</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="The last run of each">
        <table class="overview">
          <thead>
            <tr>
              {['Rehearsal', 'Verdict', 'When', 'What'].map((title) => (
                <th scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trends.map(({ rehearsal, last }) => (
              <tr>
                <th scope="row">
                  <a href={`#${rehearsal}`}>{rehearsal}</a>
                </th>
                <td class={tone(last)}>{verdictText(last)}</td>
                <td class="nowrap">{ageAt(last.startedAt, options.now) ?? formatDate(last.startedAt)}</td>
                <td>{last.headline}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Rehearsal(props: { trend: RehearsalTrend; notes: History['notes']; options: IndexOptions }) {
  const { trend, notes, options } = props;
  const { rehearsal, last, runs, series, marks } = trend;
  const own = notes.filter(({ runId }) => runs.some((run) => run.runId === runId)).slice(-3);
  return (
    <section id={rehearsal}>
      <h2>
        {rehearsal} <span class={`badge ${tone(last)}`}>{verdictText(last)}</span>
      </h2>
      <p class="small mut">
        {formatDate(last.startedAt)}
        {options.reports.has(last.runId) && (
          <>
            {' · '}
            <a href={`${encodeURIComponent(last.runId)}/report.html`}>report</a>
          </>
        )}
        {last.commit === null ? '' : ` · commit ${last.commit.slice(0, 10)}`}
      </p>
      {own.map(({ by, text }) => (
        <p class="small">{`${by}: ${text}`}</p>
      ))}
      <ol
        class="nights"
        aria-label={`Verdicts of the last ${plural(Math.min(runs.length, MOST_NIGHTS), 'run')}`}
      >
        {runs.slice(-MOST_NIGHTS).map((run) => (
          <Night run={run} hasReport={options.reports.has(run.runId)} />
        ))}
      </ol>
      <div class="trends">
        {series.map((one) => (
          <Chart series={one} marks={marks} />
        ))}
      </div>
      {marks.length > 0 && (
        <p class="small mut">
          {`Dotted lines: ${marks
            .slice(-5)
            .map(
              ({ atMs, what }) =>
                `another ${what} on ${formatDate(new Date(atMs).toISOString()).slice(0, -10)}`,
            )
            .join(', ')}.`}
        </p>
      )}
    </section>
  );
}

function Night({ run, hasReport }: { run: RunLine; hasReport: boolean }) {
  const label = `${formatDate(run.startedAt)}: ${verdictText(run)}`;
  const mark = { pass: '●', fail: '✕', inconclusive: '?', none: '–' }[run.verdict ?? 'none'];
  return (
    <li class={tone(run)} title={label}>
      {hasReport ? (
        <a href={`${encodeURIComponent(run.runId)}/report.html`} aria-label={label}>
          {mark}
        </a>
      ) : (
        <span role="img" aria-label={label}>
          {mark}
        </span>
      )}
    </li>
  );
}

function verdictText({ verdict }: RunLine): string {
  return verdict === null ? 'nothing ran' : WORD[verdict];
}

function tone({ verdict }: RunLine): string {
  return `s-${verdict ?? 'inconclusive'}`;
}
