import type { Result } from '../../checks/result/contract/result.ts';
import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import { formatDate } from '../dates.ts';

/** What renderers say of the environment and its end. */

const HOUR_MS = 3_600_000;

/** `3 hosts, 1 network` */
export function createdText({ environment }: Result): string {
  const { created, hosts } = environment;
  const kinds = Object.entries(created ?? {}).filter(([, count]) => count > 0);
  if (kinds.length === 0) return plural(hosts, 'host');
  return kinds.map(([kind, count]) => plural(count, kind, manyOf(kind))).join(', ');
}

function manyOf(kind: string): string {
  if (/(s|x|ch|sh)$/.test(kind)) return `${kind}es`;
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/** Where the time went around the plan: until its first statement, and after its load. */
export function paceText({ environment, snapshot }: Result): string {
  const { createMs, destroyMs, firstStatementMs, emptyMs, shared } = environment;
  const made = shared ? [] : [`environment ${formatMs(createMs)}`];
  const removed = destroyMs === null ? [] : [`teardown ${formatMs(destroyMs)}`];
  const restored = snapshot === null ? [] : [`snapshot ${formatMs(snapshot.restoreMs)}`];
  const restMs = (firstStatementMs ?? 0) - createMs - (snapshot?.restoreMs ?? 0);
  // The driver's clock and ours may differ by so much that nothing is left for it.
  const rest = restMs > 0 ? [`load, probes and warm-up ${formatMs(restMs)}`] : [];
  const before =
    firstStatementMs === null ? '' : `${formatMs(firstStatementMs)} from start to first statement`;
  const after = emptyMs === null ? '' : `${formatMs(emptyMs)} from the end of the load to empty`;
  return [
    shared ? sharedBootText(shared) : '',
    withParts(before, [...made, ...restored, ...rest]),
    withParts(after, removed),
  ]
    .filter((text) => text !== '')
    .join(', ');
}

/** `hosts made once in 42.0 s for 3 rehearsals, fresh servers for this one in 3.10 s` */
function sharedBootText({ of, bootMs, freshMs }: NonNullable<Result['environment']['shared']>): string {
  const fresh = freshMs === 0 ? '' : `, fresh servers for this one in ${formatMs(freshMs)}`;
  return `hosts made once in ${formatMs(bootMs)} for ${plural(of, 'rehearsal')}${fresh}`;
}

/** `2.70 s from start to first statement (environment 1.20 s, snapshot 200 ms)`; the parts alone where the whole is not known. */
function withParts(whole: string, parts: readonly string[]): string {
  if (whole === '' || parts.length === 0) return whole === '' ? parts.join(', ') : whole;
  return `${whole} (${parts.join(', ')})`;
}

/** What a look by name found after the teardown; `isProof` = that nothing stayed. */
export function sweepText({ environment }: Result): { text: string; isProof: boolean } {
  const { leftovers, left } = environment;
  if (leftovers === null)
    return { text: 'no sweep was made: what is left behind is not known', isProof: false };
  if (leftovers === 0) return { text: 'found nothing of this run', isProof: true };
  const what = left.length === 0 ? '' : `: ${left.join(', ')}`;
  return { text: `found ${plural(leftovers, 'thing')} of this run${what}`, isProof: false };
}

/** The command that removes what is there of the run. */
export function removalCommand({ runId, environment }: Result): string {
  return `rehearse reap --run ${environment.shared?.id ?? runId} --execute`;
}

/** What is still up and until when; null where the environment was taken down. */
export function keptText({ environment }: Result): string | null {
  const { keptUntil, hostInfo, hosts, shared } = environment;
  if (keptUntil === null) return null;
  if (shared) {
    const whose = `${shared.id}, of which this was rehearsal ${shared.position} of ${shared.of}`;
    return `they go with ${whose}; ${formatDate(keptUntil)} at the latest`;
  }
  const names = hostInfo.map(({ role, address }) => `${role} ${address}`).join(', ');
  return `kept up on purpose until ${formatDate(keptUntil)}: ${names === '' ? plural(hosts, 'host') : names}`;
}

/** `0.21 (3 hosts for 4 min 12 s)`; null where it is not known how long they lived. */
export function hostHoursText({ environment }: Result): string | null {
  const { hours, hosts, keptUntil } = environment;
  if (hours === null || hosts === 0) return null;
  const so = keptUntil === null ? '' : ' so far';
  return `${amountText(hours)} (${plural(hosts, 'host')} for ${formatMs((hours / hosts) * HOUR_MS)}${so})`;
}

export function priceText({ environment, target }: Result): string {
  const { price, cost, rentedInstead } = environment;
  if (price === null) {
    const none = target === 'embedded' ? 'no price: processes of this machine' : `no price: ${target} hosts`;
    const instead = rentedInstead.map(({ cloud, amount, currency, hosts, sizes, asOf }) => {
      const what = `${plural(hosts, 'host')}, ${sizes}; prices of ${asOf}`;
      return `${amountText(amount)} ${currency} at ${cloud} (${what})`;
    });
    return instead.length === 0 ? none : `${none}; rented, about ${instead.join(' or ')}`;
  }
  const perHour = `${amountText(price.amountPerHour)} ${price.currency} an hour`;
  return cost === null ? perHour : `${amountText(cost.amount)} ${cost.currency} (${perHour})`;
}

/** Small amounts with two figures that say something: `0.21`, `0.0018`. */
function amountText(amount: number): string {
  if (amount === 0) return '0';
  if (amount >= 100) return formatCount(amount);
  return amount >= 0.1 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)));
}
