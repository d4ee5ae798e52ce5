import { formatMs, plural } from '../../shared/text/format.ts';
import { quantity } from '../../report/facts/quantities.ts';
import type { FigureDiff, RunDiff } from '../compare/diff.ts';
import type { Regression } from '../compare/regression.ts';

/** Of a figure with its scenario, where it is not the quiet one. */
export function figureTitle({ title, scenario }: { title: string; scenario: string }): string {
  return scenario === 'quiet' ? title : `${title} (${scenario})`;
}

/** One row of cells for each figure, the head first. */
export function figureRows({ figures }: RunDiff): string[][] {
  const head = ['FIGURE', 'BEFORE', 'AFTER', 'CHANGE', '', 'SMALLEST CHANGE THAT SHOWS'];
  return [head, ...figures.map(figureRow)];
}

export function figureRow({ figure, before, after, judgement, smallestChange, noise }: FigureDiff): string[] {
  const text = (value: number | null): string => (value === null ? '–' : quantity(value, figure.unit));
  const basis = noise === null ? '' : `${quantity(smallestChange, figure.unit)} (${noise.of} ${noise.from})`;
  return [figureTitle(figure), text(before), text(after), changeText(before, after), judgement, basis];
}

/** `+25 %`; of a figure that was 0, nothing can be said in percent. */
export function changeText(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '';
  const percent = Math.round((100 * (after - before)) / Math.abs(before));
  return percent === 0 ? '0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

/** What stands above the table, a line each. */
export function headLines({ before, after, changes, unlike }: RunDiff): string[] {
  const run = (line: RunDiff['before']): string =>
    `${line.runId}  ${line.verdict ?? 'not judged'}  ${durationText(line)}`;
  return [
    `before  ${run(before)}`,
    `after   ${run(after)}`,
    ...changes.map(({ what, before: was, after: is }) => `${what}: ${was} → ${is}`),
    ...(unlike.length === 0
      ? []
      : [`the figures are of ${unlike.join(', ')}: a difference may come from there`]),
  ];
}

/** What stands below it. */
export function endLines({ findings, regressions }: RunDiff): string[] {
  return [
    ...findings.added.map((finding) => `new finding  ${finding}`),
    ...findings.gone.map((finding) => `gone         ${finding}`),
    ...regressions.flatMap(regressionLine),
    ...tooFewLine(regressions),
  ];
}

/** Empty for a figure that is as it was. */
export function regressionLine({ status, figure, base, worsePercent }: Regression): string[] {
  if (base === null || (status !== 'regressed' && status !== 'suspected')) return [];
  const by = worsePercent === null ? '' : `, ${Math.round(worsePercent)} % worse`;
  const against = `the median of ${base.runs} earlier runs, ${quantity(base.median, figure.unit)}`;
  const sure = status === 'regressed' ? 'regressed' : 'suspected (one night alone)';
  return [`${sure}  ${figureTitle(figure)}: ${quantity(figure.value, figure.unit)} against ${against}${by}`];
}

function tooFewLine(regressions: readonly Regression[]): string[] {
  const few = regressions.filter(({ status }) => status === 'too few').length;
  if (few === 0) return [];
  const which = few === regressions.length ? 'no figure' : `${plural(few, 'figure')} not`;
  return [`${which} judged against earlier nights: it takes ten that are alike`];
}

function durationText({ startedAt, endedAt }: RunDiff['before']): string {
  const ms = endedAt === null ? NaN : Date.parse(endedAt) - Date.parse(startedAt);
  return Number.isFinite(ms) ? formatMs(ms) : '';
}
