import { availableParallelism } from 'node:os';
import type { LoadSpec } from '../../plan/model.ts';
import { formatCount } from '../../shared/text/format.ts';
import { partsOf } from '../chance/load-shape.ts';
import type { Command, ParsedScript, Version } from './script.ts';

/**
 * Processor time of the load for a statement, from due to recorded: what `npm run bench:load` shows of scripts of one statement (20 µs)
 * and of five (113 µs), see docs/benchmarks.md.
 */
const STATEMENT_US = 22;
/** From here on a process has no room for a bad moment; `generator` warns of seconds above nine tenths. */
const FULL = 0.8;

/**
 * Says before a run that the load's processes would have more to do than they can; undefined where they have room.
 * @param processors of each host that sends the load
 * @param hosts how many share it
 */
export function tooMuchLoad(
  load: Pick<LoadSpec, 'ratePerSec' | 'connections'>,
  versions: readonly Version[],
  processors = availableParallelism(),
  hosts = 1,
): string | undefined {
  const statements = Math.max(0, ...versions.map(({ scripts }) => statementsOf(scripts)));
  const ratePerSec = load.ratePerSec / hosts;
  const processes = partsOf({ ratePerSec, connections: Math.floor(load.connections / hosts) }, processors);
  const share = (ratePerSec * statements * STATEMENT_US) / 1e6 / processes;
  const room = FULL * Math.min(1, processors / processes);
  if (share < room) return undefined;
  const each = `${formatCount(load.ratePerSec)} requests/s of ${statements.toFixed(1)} statements`;
  const all = processes * hosts;
  const who = all === 1 ? 'one process' : `each of ${all} processes`;
  const mostPerSec = Math.floor((room * all * 1e6) / (statements * STATEMENT_US));
  return (
    `load: ${each} would take ${who} about ${Math.round(share * 100)} % of a processor (${STATEMENT_US} µs a statement), ` +
    `and what is sent late says nothing about the app: up to ${formatCount(mostPerSec)}/s there is room`
  );
}

/** Of a request, on average. */
function statementsOf(scripts: readonly ParsedScript[]): number {
  const weights = scripts.reduce((sum, { weight }) => sum + weight, 0);
  const weighted = scripts.reduce((sum, { weight, commands }) => sum + weight * longest(commands), 0);
  return weights === 0 ? 0 : weighted / weights;
}

/** The statements on the longest way through it. */
function longest(commands: readonly Command[]): number {
  return commands.reduce((sum, command) => {
    if (command.kind === 'sql') return sum + 1;
    if (command.kind !== 'if') return sum;
    return sum + Math.max(...command.branches.map((branch) => longest(branch.commands)));
  }, 0);
}
