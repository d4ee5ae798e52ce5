import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { Billing } from './cloud.ts';
import type { Choice } from './plans.ts';

const HOUR_MS = 3_600_000;

export interface Estimate {
  readonly currency: string;
  /** Of what is ordered first. */
  readonly perHour: number;
  /** What it costs if the dearest of the alternatives is taken and everything stays until its expiry, by the cloud's billing rule. */
  readonly atMost: number;
  /** Taken at once, and credited later, from accounts that pay by the month; null = not known. */
  readonly upFront: number | null;
}

/** @throws COST_REFUSED where a price is not known: that is never 0 */
export function estimate(
  choices: readonly Choice[],
  { billing, currency, lifeMs }: { billing: Billing; currency: string; lifeMs: number },
): Estimate {
  const { minimumAmount = 0 } = billing;
  const units = billedMs(billing, lifeMs) / HOUR_MS;
  const prices = choices.map(pricesOf);
  const months = choices.map(({ plans }) => plans[0]?.pricePerMonth);
  return {
    currency,
    perHour: sumOf(prices.map(([first = 0]) => first)),
    atMost: sumOf(prices.map((each) => Math.max(minimumAmount, Math.max(...each) * units))),
    upFront: months.includes(undefined) ? null : sumOf(months.map((month) => month ?? 0)),
  };
}

/** The time that is billed for a host that lives so long. */
export function billedMs({ unitMs, minimumMs }: Billing, lifeMs: number): number {
  return Math.max(minimumMs, Math.ceil(lifeMs / unitMs) * unitMs);
}

function pricesOf({ role, plans }: Choice): number[] {
  return plans.map((plan) => {
    const { pricePerHour: price } = plan;
    if (price !== undefined && Number.isFinite(price) && price > 0) return price;
    throw new RehearsalError('COST_REFUSED', `the price of plan ${plan.id} for ${role} is not known`, {
      hint: 'nothing was ordered; name a plan with a price as class under hosts',
    });
  });
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** `$1`, `1 EUR` or `0.50 USD`; a bare number is of the cloud's currency. Undefined where it is none of these. */
export function parseMoney(text: string): { amount: number; currency: string | undefined } | undefined {
  const match = /^\s*([$€]?)\s*(\d+(?:\.\d+)?)\s*([A-Za-z]{3})?\s*$/.exec(text);
  if (match?.[2] === undefined) return undefined;
  const [, sign, digits, code] = match;
  const currency = sign === '$' ? 'USD' : sign === '€' ? 'EUR' : code?.toUpperCase();
  return { amount: Number(digits), currency };
}

/** False also where the two cannot be compared. */
export function isWithin(cost: Estimate, maxCost: string | undefined): boolean {
  try {
    requireWithin(cost, maxCost);
    return true;
  } catch {
    return false;
  }
}

/** @throws COST_REFUSED where it may cost more than that, or is of another currency */
export function requireWithin(cost: Estimate, maxCost: string | undefined): void {
  if (maxCost === undefined) return;
  const limit = parseMoney(maxCost);
  if (limit === undefined) {
    throw new RehearsalError('CONFIG_INVALID', `maxCost ${maxCost} is no amount of money`, {
      hint: 'write maxCost: $1, or 1 EUR',
    });
  }
  const hint = 'nothing was ordered; ask for smaller hosts or a shorter life, or raise maxCost';
  if (limit.currency !== undefined && limit.currency !== cost.currency) {
    throw new RehearsalError(
      'COST_REFUSED',
      `maxCost is in ${limit.currency}, and prices there are in ${cost.currency}`,
      { hint: `nothing was ordered; write maxCost in ${cost.currency}` },
    );
  }
  if (cost.atMost > limit.amount) {
    throw new RehearsalError(
      'COST_REFUSED',
      `it may cost ${money(cost.atMost, cost.currency)} until it expires, more than maxCost ${money(limit.amount, cost.currency)}`,
      { hint },
    );
  }
}

/** `$0.31`, `€0.02`; never rounded to nothing. */
export function money(amount: number, currency: string): string {
  const text = amount >= 0.1 || amount === 0 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)));
  return currency === 'USD' ? `$${text}` : currency === 'EUR' ? `€${text}` : `${text} ${currency}`;
}
