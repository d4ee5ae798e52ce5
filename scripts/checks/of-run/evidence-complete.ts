import type { ProbeRecord } from '../../artifacts/records/records.ts';
import { formatMs } from '../../shared/text/format.ts';
import { crashesOnPurpose, isOnPurpose } from '../analysis/away.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { overlapMs } from '../../shared/intervals/intervals.ts';
import type { Check, CheckFinding } from '../check.ts';
import type { ArtifactName, Evidence } from '../evidence/evidence.ts';
import { goesBack } from '../of-way-back/goes-back.ts';
import { listed, stepTitle } from '../wording.ts';

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
  run(analysis) {
    const { evidence } = analysis;
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
      findings: [
        ...files,
        ...noSeal(evidence),
        ...brokenProbes(evidence),
        ...gaps(analysis),
        ...noRequests(evidence),
        ...matrixGaps(evidence),
      ],
    };
  },
};

function missingFiles(evidence: Evidence): string[] {
  const backfills = evidence.run.plan.some(({ kind }) => kind === 'backfill');
  const streams = [
    ...STREAMS,
    ...(backfills ? ['batches' as const] : []),
    // Runs from before there were scenarios had no actors.
    ...(evidence.run.playings === undefined ? [] : ['actors' as const]),
    ...newerProbes(evidence),
  ];
  return [
    ...DOCUMENTS.filter((name) => evidence[name] === undefined).map((name) => `${name}.json`),
    ...streams.filter((name) => evidence[name] === undefined).map((name) => `${name}.ndjson`),
  ];
}

/** A probe that never said that it stopped recorded up to an unknown moment. */
function brokenProbes(evidence: Evidence): CheckFinding[] {
  const { probes } = evidence;
  if (probes === undefined) return [];
  return [...PROBES, ...newerProbes(evidence)].flatMap((name): CheckFinding[] => {
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

/** Times when a probe could not look because its session had been ended, and in which step that was. */
function gaps({ evidence, steps }: Analysis): CheckFinding[] {
  const crashes = crashesOnPurpose(evidence.steps);
  return (evidence.probes ?? []).flatMap(({ probe, event, tMs, message, awayMs = 0 }): CheckFinding[] => {
    const away = { fromMs: tMs - awayMs, toMs: tMs };
    if (event !== 'gap' || isOnPurpose(away, crashes)) return [];
    const step = steps.find(({ run }) => run.window !== null && overlapMs(run.window, away) > 0);
    const where = step === undefined ? '' : ` in ${stepTitle(step.run).replace('Step', 'step')}`;
    const why = message === null ? '' : `: ${message}`;
    return [
      {
        status: 'inconclusive',
        step: step?.run.planned.name ?? null,
        measured: null,
        message: `The ${probe} probe was cut off for ${formatMs(awayMs)}${where}, and what happened meanwhile is not known${why}.`,
      },
    ];
  });
}

/** The seal is made when the run has ended: an older run has none, and neither has one whose process was killed. */
function noSeal({ run }: Evidence): CheckFinding[] {
  if (run.seal !== undefined) return [];
  const message =
    'run.json has no seal, as in runs of older versions and in those that never came to their end: whether the evidence is whole is not known.';
  return [{ status: 'inconclusive', message }];
}

/** Every script of every version is tried at the start and after each step; a row that is missing may be one that failed. */
function matrixGaps({ compatibility, steps, run }: Evidence): CheckFinding[] {
  if (compatibility === undefined || steps === undefined) return [];
  const cells = new Set(compatibility.map((row) => JSON.stringify([row.after, row.version, row.script])));
  const ended = steps.flatMap((event) =>
    event.type === 'step-end' && event.status === 'ok' ? [event.step] : [],
  );
  const untried = ['start', ...ended].filter((after) =>
    run.load.versions.some(({ name, scripts }) =>
      scripts.some((script) => !cells.has(JSON.stringify([after, name, script.name]))),
    ),
  );
  if (untried.length === 0) return [];
  const states = listed(untried.map((after) => (after === 'start' ? 'at the start' : `after ${after}`)));
  return [
    {
      status: 'inconclusive',
      message: `Not every script of every app version was tried ${states}: whether they work there is not known.`,
    },
  ];
}

const NEWER_PROBES = ['presence', 'schema', 'rollback'] as const;

/** Older runs had nobody who looked after the servers or the schema, and did not say which probes they had. */
function newerProbes({ probes, run }: Evidence): (typeof NEWER_PROBES)[number][] {
  return NEWER_PROBES.filter(
    (name) =>
      run.probes?.includes(name) === true ||
      probes?.some(({ probe }) => probe === name) === true ||
      (name === 'rollback' && goesBack(run)),
  );
}

function noRequests({ requests, run }: Evidence): CheckFinding[] {
  if (requests === undefined || requests.count > 0 || run.load.ratePerSec === 0) return [];
  return [{ status: 'inconclusive', message: 'Not one request of the app was recorded.' }];
}
