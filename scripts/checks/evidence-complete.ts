import type { ProbeRecord } from '../artifacts/records.ts';
import type { Check, CheckFinding } from './check.ts';
import type { ArtifactName, Evidence } from './evidence.ts';
import { listed } from './wording.ts';

const STREAMS: readonly ArtifactName[] = [
  'steps',
  'waits',
  'locks',
  'requests',
  'load',
  'compatibility',
  'server',
  'probes',
];
const DOCUMENTS: readonly ArtifactName[] = ['environment', 'snapshot'];
const PROBES: readonly ProbeRecord['probe'][] = ['requests', 'waits', 'server', 'compatibility'];

export const evidenceComplete: Check = {
  id: 'evidenceComplete',
  title: 'Every probe recorded from beginning to end',
  failureTitle: 'Evidence is missing',
  needs: [],
  unit: null,
  budget: null,
  run({ evidence }) {
    const missing = missingFiles(evidence);
    const files: CheckFinding[] =
      missing.length === 0
        ? []
        : [
            {
              status: 'inconclusive',
              message: `${listed(missing, 12)} ${missing.length === 1 ? 'is' : 'are'} missing from the run's artifacts, and what they would show is not known.`,
            },
          ];
    return {
      measured: missing.length,
      findings: [...files, ...brokenProbes(evidence), ...noRequests(evidence)],
    };
  },
};

function missingFiles(evidence: Evidence): string[] {
  const backfills = evidence.run.plan.some(({ kind }) => kind === 'backfill');
  const streams = [
    ...STREAMS,
    ...(backfills ? ['batches' as const] : []),
    // Runs from before there were scenarios had no actors.
    ...(evidence.run.performances === undefined ? [] : ['actors' as const]),
  ];
  return [
    ...DOCUMENTS.filter((name) => evidence[name] === undefined).map((name) => `${name}.json`),
    ...streams.filter((name) => evidence[name] === undefined).map((name) => `${name}.ndjson`),
  ];
}

/** A probe that never said that it stopped recorded up to an unknown moment. */
function brokenProbes({ probes }: Evidence): CheckFinding[] {
  if (probes === undefined) return [];
  return PROBES.flatMap((name): CheckFinding[] => {
    const own = probes.filter(({ probe }) => probe === name);
    const died = own.find(({ event }) => event === 'died');
    if (died !== undefined) {
      const why = died.message === null ? '' : `: ${died.message}`;
      return [{ status: 'inconclusive', message: `The ${name} probe died${why}.` }];
    }
    if (!own.some(({ event }) => event === 'started'))
      return [{ status: 'inconclusive', message: `The ${name} probe was never started.` }];
    if (!own.some(({ event }) => event === 'stopped'))
      return [
        {
          status: 'inconclusive',
          message: `The ${name} probe never stopped in order: what it recorded may lack its end.`,
        },
      ];
    return [];
  });
}

function noRequests({ requests, run }: Evidence): CheckFinding[] {
  if (requests === undefined || requests.count > 0 || run.load.ratePerSec === 0) return [];
  return [{ status: 'inconclusive', message: 'Not one request of the app was recorded.' }];
}
