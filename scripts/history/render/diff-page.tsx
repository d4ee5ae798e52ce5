import { render } from 'preact-render-to-string';
import { STYLES } from '../../report/html/styles.ts';
import type { Judgement, RunDiff } from '../compare/diff.ts';
import { endLines, figureRow } from './diff-text.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const TONE: Readonly<Record<Judgement, string>> = {
  better: 's-pass',
  worse: 's-fail',
  'within noise': 'mut',
  'noise not known': 's-warn',
  new: 'mut',
  gone: 'mut',
};
const HEAD = ['Figure', 'Before', 'After', 'Change', 'Judged', 'Smallest change that shows'];

/** Two runs side by side as one file that loads nothing. */
export function renderDiff(diff: RunDiff): string {
  return `<!doctype html>${render(<Page diff={diff} />)}\n`;
}

function Page({ diff }: { diff: RunDiff }) {
  const { before, after } = diff;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <title>{`${after.rehearsal}: ${before.runId} against ${after.runId}`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLES }} />
      </head>
      <body>
        <main>
          <header>
            <div>
              <h1>{after.rehearsal}</h1>
              <div class="mut num">{`${before.runId} (${before.verdict ?? 'not judged'})`}</div>
              <div class="mut num">{`${after.runId} (${after.verdict ?? 'not judged'})`}</div>
            </div>
          </header>
          <Changes diff={diff} />
          <Figures diff={diff} />
          <Ending diff={diff} />
        </main>
      </body>
    </html>
  );
}

function Changes({ diff: { changes, unlike } }: { diff: RunDiff }) {
  return (
    <section>
      <h2>What changed beside the figures</h2>
      {changes.length === 0 && <p>Nothing: plan, snapshot, settings, load and machine are the same.</p>}
      <dl>
        {changes.map(({ what, before, after }) => (
          <>
            <dt>{what}</dt>
            <dd>{`${before} → ${after}`}</dd>
          </>
        ))}
      </dl>
      {unlike.length > 0 && (
        <p class="s-warn">{`The figures are of ${unlike.join(', ')}: a difference may come from there.`}</p>
      )}
    </section>
  );
}

function Figures({ diff: { figures } }: { diff: RunDiff }) {
  return (
    <section>
      <h2>Figures</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Figures">
        <table>
          <thead>
            <tr>
              {HEAD.map((title, column) => (
                <th scope="col" class={column > 0 && column < 4 ? 'r' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.map((one) => {
              const [title, was, is, change, judgement, smallest] = figureRow(one);
              return (
                <tr>
                  <th scope="row">{title}</th>
                  <td class="r">{was}</td>
                  <td class="r">{is}</td>
                  <td class="r">{change}</td>
                  <td class={TONE[one.judgement]}>{judgement}</td>
                  <td>{smallest}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Ending({ diff }: { diff: RunDiff }) {
  const lines = endLines(diff);
  if (lines.length === 0) return null;
  return (
    <section>
      <h2>Findings, and earlier nights</h2>
      <ul>
        {lines.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
    </section>
  );
}
