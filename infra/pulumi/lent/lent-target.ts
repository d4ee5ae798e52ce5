import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { formatMs } from '../../../scripts/shared/text/format.ts';
import type { HostTarget } from '../../contract/hosts.ts';
import type { DriverEnvironment, Environment, Lap, Target } from '../../contract/target.ts';
import { watchHosts } from '../watch-hosts.ts';
import { readLoan, type Loan } from './loan.ts';

/**
 * A target whose one environment is there already: it is neither made nor removed by what is rehearsed in it. Nothing there carries the
 * claim of that run, so nothing of it can be left over.
 * @throws HOST_DIED where there is none of that id
 */
export async function lentTarget(
  whole: Target<DriverEnvironment>,
  hosts: HostTarget,
  id: string,
): Promise<Target<DriverEnvironment>> {
  const loan = await readLoan(id, whole.name);
  const { name, onlyByName, removalMs } = whole;
  const nothing = { found: [], unseen: [] };
  return {
    name,
    ...(onlyByName === undefined ? {} : { onlyByName }),
    ...(removalMs === undefined ? {} : { removalMs }),
    lifeMs: Math.max(0, Date.parse(loan.lap.until) - Date.now()),
    available: () => whole.available(),
    confines: () => whole.confines(),
    environment: () => new LentEnvironment(loan, hosts),
    leftovers: () => Promise.resolve(nothing),
    notOurs: () => Promise.resolve(nothing),
    // By the moment: what is rounded up is so once for all who share it.
    price: () =>
      Promise.resolve(
        loan.price === null
          ? undefined
          : { amountPerHour: loan.price.amountPerHour, currency: loan.price.currency },
      ),
  };
}

/** Given back as it was found: who lends it makes the servers anew for the next. */
class LentEnvironment implements Environment<DriverEnvironment> {
  readonly #loan: Loan;
  readonly #target: HostTarget;
  readonly #over = new AbortController();

  constructor(loan: Loan, target: HostTarget) {
    this.#loan = loan;
    this.#target = target;
  }

  up(signal: AbortSignal): Promise<DriverEnvironment> {
    signal.throwIfAborted();
    const { environment, hosts, lap } = this.#loan;
    const failed = watchHosts(this.#target, hosts, this.#over.signal);
    const limits = [...environment.limits, lapLimit(lap)];
    return Promise.resolve({ ...environment, limits, enclose: null, failed, shared: lap });
  }

  destroy(): Promise<void> {
    this.#over.abort(new RehearsalError('INTERRUPTED', `environment ${this.#loan.lap.id} was given back`));
    return Promise.resolve();
  }
}

function lapLimit({ id, position, of, bootMs, freshMs }: Lap): string {
  const servers = position === 1 ? '' : `, with fresh servers in ${formatMs(freshMs)}`;
  return `The hosts were shared: this was rehearsal ${position} of ${of} on ${id}, which was made once in ${formatMs(bootMs)}${servers}. The time and the cost told here are its own; the boot, and what a cloud rounds up, are told of the batch as a whole.`;
}
