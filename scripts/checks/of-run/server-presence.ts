import { constants } from 'node:os';
import type { PresenceRecord } from '../../artifacts/records/records.ts';
import { formatMs } from '../../shared/text/format.ts';
import { isPlansCrash, planPidsOf, unexpected } from '../analysis/away.ts';
import { ranBy } from '../analysis/commands/sent-statements.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { stepTitle } from '../wording.ts';

const NOT_THE_PLANS =
  'Requests that were under way then are set aside, and what the plan did meanwhile cannot be judged.';

export const serverPresence: Check = {
  id: 'serverPresence',
  title: 'The servers answered all the time',
  failureTitle: 'A server was away',
  needs: [],
  unit: 'ms',
  limit: 0,
  budget: null,
  run(analysis) {
    if (analysis.evidence.presence === undefined)
      return { ...NOTHING, title: 'Whether the servers answered was not recorded', isNotJudged: true };
    const presence = unexpected(analysis.evidence);
    const measured = presence.reduce(
      (sum, record) => sum + (record.type === 'crash' ? 0 : record.toMs - record.fromMs),
      0,
    );
    return { measured, findings: presence.map((record) => finding(record, analysis)) };
  },
};

function finding(record: PresenceRecord, analysis: Analysis): CheckFinding {
  if (record.type === 'crash') return crashed(record, analysis);
  const awayMs = record.toMs - record.fromMs;
  const step = stepAt(record.fromMs, record.toMs, analysis);
  const where = step === undefined ? '' : ` in ${stepTitle(step.run).replace('Step', 'step')}`;
  return {
    status: 'inconclusive',
    step: step?.run.planned.name ?? null,
    measured: awayMs,
    message: `${whoWasAway(record, formatMs(awayMs), analysis)}${where}. ${NOT_THE_PLANS}`,
    advice: 'Mend what was away (network, host, whoever suspended it), and rehearse again.',
  };
}

function whoWasAway(
  record: Exclude<PresenceRecord, { type: 'crash' }>,
  span: string,
  { evidence }: Analysis,
): string {
  if (record.type === 'stood-still')
    return `The rehearsal itself stood still for ${span}: it was suspended, or its machine had no time for it`;
  const { role, why } = record;
  switch (why) {
    case 'unreachable': {
      const who = (evidence.environment?.hosts ?? 1) > 1 ? 'driver' : 'rehearsal';
      return `The ${who} could not reach the ${role} for ${span}`;
    }
    case 'silent':
      return `PostgreSQL of the ${role} did not answer for ${span} though its host took connections: it was suspended, or its host had no time for it`;
    case 'restarting':
      return `PostgreSQL of the ${role} took no connections for ${span}: it started its sessions anew`;
  }
}

function crashed(record: Extract<PresenceRecord, { type: 'crash' }>, analysis: Analysis): CheckFinding {
  const { role, pid, signal } = record;
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  const how = `by signal ${signal}${name === undefined ? '' : ` (${name})`}, and all sessions ended with it`;
  if (!isPlansCrash(record, planPidsOf(analysis.evidence))) {
    return {
      status: 'inconclusive',
      message: `Process ${pid} of PostgreSQL of the ${role}, which ran no statement of the plan, was ended ${how}.`,
      advice: `If nobody sent that signal, PostgreSQL or an extension crashed: its log names the statement.`,
    };
  }
  const step = analysis.steps.find(({ run }) => ranBy(run).some((statement) => statement.pid === pid));
  const title = step === undefined ? 'The plan' : stepTitle(step.run);
  return {
    status: 'fail',
    step: step?.run.planned.name ?? null,
    statement: step?.run.statements.findLast((statement) => statement.pid === pid)?.index ?? null,
    message: `${title}: the server process that ran it was ended ${how}.`,
    advice:
      'If nobody sent that signal, the statement or an extension that it calls crashes PostgreSQL, and would do so in production.',
  };
}

function stepAt(fromMs: number, toMs: number, { steps }: Analysis): Analysis['steps'][number] | undefined {
  return steps.find(
    ({ run: { window } }) => window !== null && fromMs <= window.toMs && toMs >= window.fromMs,
  );
}
