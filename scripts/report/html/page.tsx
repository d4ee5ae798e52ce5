import { render } from 'preact-render-to-string';
import type { Result } from '../../checks/result/contract/result.ts';
import { VERDICT_WORD } from '../facts/facts.ts';
import { AgainstLastGood } from './against-last-good.tsx';
import { ChecksTable } from './tables/checks-table.tsx';
import { DriftTable } from './tables/drift-table.tsx';
import { CoverageTable } from './tables/coverage-table.tsx';
import { Findings } from './findings.tsx';
import { Header } from './header.tsx';
import { Limits } from './limits.tsx';
import { Matrix } from './tables/matrix.tsx';
import { PlayingsTable } from './playings.tsx';
import type { Compared } from '../compared.ts';
import type { ReviewNote } from '../notes.ts';
import { Provenance } from './provenance.tsx';
import { ReviewNotes } from './review-notes.tsx';
import { Standby } from './standby.tsx';
import { StepDetails } from './tables/step-details.tsx';
import { StepTable } from './tables/step-table.tsx';
import { STYLES } from './styles.ts';
import { Teardown } from './teardown.tsx';
import { Tiles } from './tiles.tsx';
import { Timeline } from './lanes/timeline.tsx';
import { Verdict } from './verdict.tsx';
import { Interruptions } from './interruptions.tsx';
import { WayBack } from './way-back.tsx';

/** Nothing is loaded and nothing runs: the page is one file that opens anywhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** report.html: decision first, evidence behind it. The same result gives the same bytes. */
export function renderHtml(result: Result, notes: readonly ReviewNote[] = [], compared?: Compared): string {
  return `<!doctype html>${render(<Page result={result} notes={notes} compared={compared} />)}\n`;
}

interface PageProps {
  readonly result: Result;
  readonly notes: readonly ReviewNote[];
  readonly compared: Compared | undefined;
}

function Page({ result, notes, compared }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <title>{`${VERDICT_WORD[result.verdict]}: ${result.rehearsal}, rehearsed ${result.startedAt.slice(0, 10)}`}</title>
        {/* The style is a constant of ours; escaping would break its quotes. */}
        <style dangerouslySetInnerHTML={{ __html: STYLES }} />
      </head>
      <body>
        <main>
          <Header result={result} />
          <Verdict result={result} />
          <ReviewNotes notes={notes} />
          <PlayingsTable result={result} />
          <Tiles result={result} />
          <Findings result={result} />
          <AgainstLastGood compared={compared} />
          <Matrix result={result} />
          <WayBack result={result} />
          <Interruptions result={result} />
          <Timeline result={result} />
          <Standby result={result} />
          <StepTable result={result} />
          <StepDetails result={result} />
          <CoverageTable result={result} />
          <ChecksTable result={result} />
          <DriftTable result={result} />
          <Provenance result={result} />
          <Teardown result={result} />
          <Limits result={result} />
        </main>
      </body>
    </html>
  );
}
