import { cut } from '../../report/cut.ts';
import type { Finding, Result } from '../../checks/result/contract/result.ts';
import { pageOf } from '../../report/facts/facts.ts';
import { fingerprints } from '../fingerprints.ts';
import { placeOf, type Place, type Publication } from '../publication.ts';
import type { Surface } from '../surface.ts';
import { toFile } from '../to-file.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVEL = { fail: 'error', inconclusive: 'warning', warn: 'note' } as const satisfies Record<
  Finding['status'],
  string
>;
/** Code scanning takes no more of a rule's texts. */
const MOST_CHARACTERS = 1024;

export const sarif: Surface = {
  what: 'SARIF 2.1.0 for code scanning, as a file',
  publish: (publication, outside) =>
    toFile(outside, 'rehearsal.sarif', `${JSON.stringify(sarifLog(publication), null, 2)}\n`),
};

/** One run with a result for each finding; none where nothing was found, so that what was open is closed. */
export function sarifLog(publication: Publication) {
  const { result } = publication;
  const rules = [...new Set(result.findings.map(({ check }) => check))].sort();
  const prints = fingerprints(publication);
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'dress-rehearsal',
            semanticVersion: result.toolVersion,
            rules: rules.map((id) => ruleOf(id, result)),
          },
        },
        // Each rehearsal of a commit is an analysis of its own: one would take the other's place.
        automationDetails: { id: `dress-rehearsal/${result.rehearsal}/` },
        columnKind: 'utf16CodeUnits',
        results: result.findings.map((finding, position) => ({
          ruleId: finding.check,
          ruleIndex: rules.indexOf(finding.check),
          level: LEVEL[finding.status],
          message: { text: [finding.message, finding.advice].filter((part) => part !== null).join('\n\n') },
          locations: [{ physicalLocation: physicalLocation(placeOf(publication, finding)) }],
          partialFingerprints: { primaryLocationLineHash: prints[position] },
        })),
      },
    ],
  };
}

function ruleOf(id: string, { checks }: Result) {
  const title = cut(checks.find((check) => check.id === id)?.title ?? words(id), MOST_CHARACTERS - 1, '…');
  return {
    id,
    name: id.replace(/^./, (letter) => letter.toUpperCase()),
    shortDescription: { text: words(id) },
    fullDescription: { text: title },
    help: { text: `What it measures, and what to write instead: ${pageOf(id)} of dress-rehearsal.` },
    properties: { tags: ['database', 'migration'] },
  };
}

/** `lockWait` → `Lock wait` */
function words(id: string): string {
  return id
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (letter) => letter.toUpperCase());
}

/** The statement's first line alone: of a longer region all lines would have to be in the change, to be shown in a review. */
function physicalLocation({ path, line, sql }: Place) {
  const region = {
    startLine: line,
    startColumn: 1,
    endLine: line,
    endColumn: Math.max(sql?.length ?? 0, 1) + 1,
  };
  return { artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/') }, region };
}
