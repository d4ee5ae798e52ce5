import { defined } from '../schema/defined.ts';
import { isMarkedBy, MARKED_TOOLS, type MarkedTool, type Ways } from './marked-tools.ts';

/** How a migration tool would run a file, as far as its name, its markers and the files beside it tell. */
export interface ToolRule extends Ways {
  /** Lines of the markers that begin and end the part that goes up, from 1; 0 = it begins with the file. Undefined where the file has no parts. */
  readonly up?: { readonly first: number; readonly end: number };
  /** Likewise of the part that goes down; undefined where the file has none. */
  readonly downPart?: { readonly first: number; readonly end: number };
  /** The whole file is the way back. */
  readonly down?: true;
  /** It runs again whenever it has changed, after all that run once. */
  readonly repeats?: true;
}

/** A tool that is known by the names of its files. */
interface NamedTool extends Ways {
  /** Another tool names its files alike: this one is meant in a project of Rust. */
  readonly isRust?: true;
  readonly up: RegExp;
  readonly down?: RegExp;
  /** Those that run again whenever they have changed. */
  readonly repeats?: RegExp;
  readonly without?: RegExp;
  /** A file beside it: what in there takes it out of the tool's transaction, or without which it is none of the tool's. */
  readonly beside?: { readonly of: (file: string) => string; readonly says: RegExp | 'it is there' };
}

const YOYO: Ways = {
  tool: 'yoyo',
  transaction: 'file',
  begins: 'anew',
  commitFails: true,
  remedy: 'write -- transactional: false at the top of the file',
};

const SQLX = {
  tool: 'sqlx',
  transaction: 'file',
  begins: 'anew',
  exemptIsOneQuery: true,
  without: /^--\s*no-transaction\b/i,
  isRust: true,
  remedy: 'give it a file of its own that begins with -- no-transaction',
} as const;

/** golang-migrate sends a file as one simple query, whose statements share an implicit transaction; the others begin one. */
const NAMED: readonly NamedTool[] = [
  {
    ...SQLX,
    up: /(?:^|\/)\d+_[^/]*\.up\.sql$/i,
    down: /(?:^|\/)\d+_[^/]*\.down\.sql$/i,
  },
  {
    tool: 'golang-migrate',
    transaction: 'file',
    remedy: 'put it into a file of its own',
    up: /(?:^|\/)\d+_[^/]*\.up\.sql$/i,
    down: /(?:^|\/)\d+_[^/]*\.down\.sql$/i,
  },
  {
    tool: 'diesel',
    transaction: 'file',
    begins: 'anew',
    beside: {
      of: (file) => file.replace(/[^/]*$/, 'metadata.toml'),
      says: /^\s*run_in_transaction\s*=\s*false\b/m,
    },
    exemptIsOneQuery: true,
    remedy: 'give it a file of its own with run_in_transaction = false in metadata.toml beside it',
    up: /(?:^|\/)[\d-]{10,}_[^/]*\/up\.sql$/i,
    down: /(?:^|\/)[\d-]{10,}_[^/]*\/down\.sql$/i,
  },
  { tool: 'Prisma', transaction: 'file', up: /(?:^|\/)\d{14}_[^/]*\/migration\.sql$/i },
  {
    tool: 'refinery',
    transaction: 'file',
    begins: 'anew',
    isRust: true,
    up: /(?:^|\/)[VU]\d+__[^/]*\.sql$/,
    remedy: 'run it by another program, and write transaction: as-written for its step',
  },
  {
    tool: 'Flyway',
    transaction: 'file',
    begins: 'anew',
    divides: 'wholly',
    copiesRows: true,
    up: /(?:^|\/)(?:V\d[\d._]*|R)__[^/]*\.sql$/,
    down: /(?:^|\/)U\d[\d._]*__[^/]*\.sql$/,
    repeats: /(?:^|\/)R__[^/]*\.sql$/,
    beside: { of: (file) => `${file}.conf`, says: /^\s*executeInTransaction\s*=\s*false\s*$/im },
    remedy: 'put it into a file of its own',
  },
  {
    tool: 'Supabase',
    transaction: 'file',
    divides: 'apart',
    up: /(?:^|\/)supabase\/migrations\/\d{14}_[^/]*\.sql$/,
  },
  {
    tool: 'Postgrator',
    transaction: 'file',
    up: /(?:^|\/)\d+\.do\.(?:[^/]*\.)?sql$/i,
    down: /(?:^|\/)\d+\.undo\.(?:[^/]*\.)?sql$/i,
  },
  {
    tool: 'Sqitch',
    transaction: 'as-written',
    copiesRows: true,
    up: /(?:^|\/)deploy\/[^/]*\.sql$/,
    down: /(?:^|\/)revert\/[^/]*\.sql$/,
    beside: { of: (file) => file.replace(/[^/]*\/[^/]*$/, 'sqitch.plan'), says: 'it is there' },
  },
  {
    tool: 'Drizzle',
    transaction: 'single',
    up: /(?:^|\/)\d{4}_[^/]*\.sql$/,
    beside: { of: (file) => file.replace(/[^/]*$/, 'meta/_journal.json'), says: 'it is there' },
  },
  // Without a way back; elsewhere such a name says nothing.
  { ...SQLX, up: /(?:^|\/)migrations\/\d+_[^/]*\.sql$/i },
  {
    tool: 'Atlas',
    transaction: 'file',
    up: /(?:^|\/)\d{14}(?:_[^/]*)?\.sql$/,
    beside: { of: (file) => file.replace(/[^/]*$/, 'atlas.sum'), says: 'it is there' },
    remedy: 'write -- atlas:txmode none at the top of a file of its own',
  },
];

/** Lines that tell of a tool without dividing the file. */
const TOLD: readonly (Ways & { readonly by: RegExp })[] = [
  { tool: 'Atlas', transaction: 'as-written', by: /^--\s*atlas:txmode\s+none\b/i },
  { tool: 'Atlas', transaction: 'file', by: /^--\s*atlas:txmode\s+file\b/i },
  { tool: YOYO.tool, transaction: 'as-written', by: /^--\s*transactional:\s*false\b/i },
  { ...YOYO, by: /^--\s*(?:transactional:\s*true\b|depends:)/i },
  { tool: 'Drizzle', transaction: 'single', by: /-->\s*statement-breakpoint\s*$/ },
];

/** What is around a file. */
interface Surroundings {
  /** What is in the file that `besideOf` names; undefined where there is none. */
  readonly beside?: string | undefined;
  /** It belongs to a project of Rust. */
  readonly isRust?: boolean;
}

/** A file beside this one that can change how its tool runs it. */
export function besideOf(file: string, isRust = false): string | undefined {
  return namedTool(file, isRust)?.beside?.of(file);
}

/**
 * @param file its path as the plan names it; @param text what is in it
 */
export function toolRuleOf(
  file: string,
  text: string,
  { beside, isRust = false }: Surroundings = {},
): ToolRule | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const marked = MARKED_TOOLS.find((tool) => isMarkedBy(tool, lines));
  if (marked) return markedRule(marked, lines);
  const named = namedTool(file, isRust);
  const told = TOLD.find(({ by }) => lines.some((line) => by.test(line)));
  if (told && named?.down?.test(file) !== true) return waysOf(told);
  const says = named?.beside?.says;
  if (!named || (says === 'it is there' && beside === undefined)) return undefined;
  const isExempt =
    lines.some((line) => named.without?.test(line) === true) ||
    (beside !== undefined && says instanceof RegExp && says.test(beside));
  return {
    ...waysOf(named, isExempt),
    ...(named.down?.test(file) === true ? { down: true } : {}),
    ...(named.repeats?.test(file) === true ? { repeats: true } : {}),
  };
}

function namedTool(file: string, isRust: boolean): NamedTool | undefined {
  return NAMED.filter((tool) => isRust || tool.isRust !== true).find(
    ({ up, down }) => up.test(file) || down?.test(file),
  );
}

function waysOf(ways: Ways, isExempt = false): Ways {
  const { tool, transaction, begins, commitFails, divides, copiesRows, exemptIsOneQuery, remedy } = ways;
  if (!isExempt)
    return { tool, transaction, ...defined({ begins, commitFails, divides, copiesRows, remedy }) };
  if (exemptIsOneQuery) return { tool, transaction, ...defined({ copiesRows, remedy }) };
  return { tool, transaction: 'as-written', ...defined({ copiesRows }) };
}

function markedRule(marked: MarkedTool, lines: readonly string[]): ToolRule {
  const { up, down, without } = marked;
  const first = up === undefined ? -1 : lines.findIndex((line) => up.test(line));
  const isExempt = without !== undefined && lines.some((line) => without.test(line));
  const rule = waysOf(marked, isExempt);
  if (first === -1 && up !== undefined) return { ...rule, down: true };
  const end = lines.findIndex((line, index) => index > first && down.test(line));
  const downFirst = lines.findIndex((line) => down.test(line));
  const downEnd = lines.findIndex((line, index) => index > downFirst && up?.test(line) === true);
  const lineAfter = (index: number): number => (index === -1 ? lines.length : index) + 1;
  return {
    ...rule,
    up: { first: first + 1, end: lineAfter(end) },
    ...(downFirst === -1 ? {} : { downPart: { first: downFirst + 1, end: lineAfter(downEnd) } }),
  };
}
