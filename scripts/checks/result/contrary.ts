import type { Finding } from './contract/result.ts';

/** What is asked of a finding here. */
export type Advised = Pick<Finding, 'check' | 'step' | 'statement' | 'advice' | 'insteadSql'>;

/** One thing that can be asked for one way or the other, and not both ways at once. */
interface Matter {
  /** What each way comes to, in words, and by which words an advice asks for it. */
  readonly ways: readonly (readonly [words: string, asked: RegExp])[];
  /** Where both ways would be asked of the same thing. */
  readonly of: 'run' | 'step' | 'statement';
}

const MATTERS: readonly Matter[] = [
  {
    of: 'step',
    ways: [
      ['longer batches', /batches be longer|(longer|larger) batches/i],
      ['shorter batches', /batches shorter|(shorter|smaller) batches/i],
    ],
  },
  {
    of: 'run',
    ways: [
      ['more load', /(higher|greater) rate|rehearse again with more load/i],
      ['less load', /lower load\.rate|with less load/i],
    ],
  },
  {
    of: 'run',
    ways: [
      ['more connections', /the load more connections/i],
      ['fewer connections', /pools below max_connections/i],
    ],
  },
  {
    of: 'statement',
    ways: [
      [
        'one transaction with what follows',
        /^in one transaction|transaction: single|keep the analyze in its/i,
      ],
      [
        'the end of its transaction right after it',
        /end the transaction right after it|in two transactions|transaction: none/i,
      ],
    ],
  },
  {
    of: 'statement',
    ways: [
      ['no lock_timeout', /lock_timeout = 0\b|lockTimeout: 0s/],
      ['a short lock_timeout', /short (lock_timeout|lockTimeout)|lockTimeout: [1-9]|: write [\d.]+ms there/],
    ],
  },
  {
    of: 'statement',
    ways: [
      ['CONCURRENTLY', /\b(build|drop|rebuild|refresh|detach) it concurrently/i],
      ['the same without CONCURRENTLY', /without concurrently|cannot be dropped concurrently/i],
    ],
  },
  {
    of: 'statement',
    ways: [
      ['to take it away in another way', /^drop it concurrently|run ANALYZE of .* in one transaction/i],
      [
        'to keep it as it is for now',
        /^keep (the unique index|what a version)|change the type last or never|^expand and contract/i,
      ],
    ],
  },
  {
    of: 'statement',
    ways: [
      ['IF EXISTS or IF NOT EXISTS', /\bwrite (add column )?if (not )?exists/i],
      ['neither of IF EXISTS and IF NOT EXISTS', /without if (not )?exists/i],
    ],
  },
];

/** Numbers that one step can have only once. */
const NUMBERS: readonly (readonly [what: string, of: RegExp])[] = [
  ['lockTimeout', /\block_?timeout: ([\d.]+\w+)/i],
  ['retries', /\bretries: (\d+)/],
];

/** How an advice begins that gave way to a contrary one. */
const YIELDS = 'What is said to';

/** Two findings whose advice cannot both be followed. */
interface Contrary {
  readonly first: Advised;
  readonly second: Advised;
  /** What each of them asks for, in words. */
  readonly asks: readonly [first: string, second: string];
}

export function contraryOf(first: Advised, second: Advised): Contrary | undefined {
  const others = new Map(asksOf(second).map(({ of, way }) => [of, way]));
  for (const { of, way } of asksOf(first)) {
    const other = others.get(of);
    if (other !== undefined && other !== way) return { first, second, asks: [way, other] };
  }
  return undefined;
}

/** What an advice asks for. */
interface Ask {
  /** The matter, with the step or statement where both ways at once would be contrary. */
  readonly of: string;
  /** In words. */
  readonly way: string;
}

function asksOf({ step, statement, advice }: Advised): Ask[] {
  const text = advice ?? '';
  if (text === '' || text.startsWith(YIELDS)) return [];
  const places: Readonly<Record<Matter['of'], readonly (string | number | null)[]>> = {
    run: [],
    step: [step],
    statement: [step, statement],
  };
  const asks = MATTERS.flatMap(({ ways, of }, matter): Ask[] => {
    const [way, another] = ways.flatMap(([words, asked]) => (asked.test(text) ? [words] : []));
    // An advice that names both ways tells when each is right.
    if (way === undefined || another !== undefined || places[of].includes(null)) return [];
    return [{ of: JSON.stringify([matter, ...places[of]]), way }];
  });
  const numbers = NUMBERS.flatMap(([what, pattern]): Ask[] => {
    const number = pattern.exec(text)?.[1];
    if (number === undefined || step === null) return [];
    return [{ of: JSON.stringify([what, step]), way: `${what}: ${number}` }];
  });
  return [...asks, ...numbers];
}

/**
 * The same findings, where none asks for the contrary of what a worse one asks for: what would help it stays told, and that the worse
 * one comes first.
 * @param findings worst first
 */
export function reconciled<T extends Advised>(findings: readonly T[]): T[] {
  const kept: T[] = [];
  /** By what is asked for: the worst finding that asks for each way. */
  const asked = new Map<string, Map<string, number>>();
  for (const finding of findings) {
    const worse = asksOf(finding).flatMap(({ of, way }) =>
      [...(asked.get(of) ?? [])].flatMap(([other, at]) => (other === way ? [] : [at])),
    );
    const first = worse.length === 0 ? undefined : kept[Math.min(...worse)];
    const contrary = first && contraryOf(first, finding);
    const told = contrary === undefined ? finding : { ...finding, ...yielding(contrary) };
    for (const { of, way } of asksOf(told)) {
      const ways = asked.get(of) ?? new Map<string, number>();
      if (!ways.has(way)) ways.set(way, kept.length);
      asked.set(of, ways);
    }
    kept.push(told);
  }
  return kept;
}

function yielding({ first, asks: [asked, own] }: Contrary): Pick<Finding, 'advice' | 'insteadSql'> {
  return {
    advice: `${YIELDS} ${first.check} comes first: it asks for ${asked}, and what would help here, ${own}, is the contrary. Follow that, rehearse again, and see what is left.`,
    insteadSql: null,
  };
}
