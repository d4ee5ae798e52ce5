import { defined } from '../schema/defined.ts';

/** What a tool does with the transactions of a file. */
interface Ways {
  readonly tool: string;
  /** `as-written` where the tool or the file does without a transaction. */
  readonly transaction: 'file' | 'single' | 'as-written';
  /**
   * It sends BEGIN, also around a single statement; without it a file is sent as one query. Behind a COMMIT of the file's own
   * there is no transaction, or another.
   */
  readonly begins?: 'once' | 'anew';
  /** It stumbles over the end of its transaction by a COMMIT of the file's own, which has committed by then. */
  readonly commitFails?: true;
  /**
   * What cannot run in a transaction makes it do without: `wholly` where nothing else is in the file; `apart`, around that
   * statement alone, and for a file that ends transactions of its own.
   */
  readonly divides?: 'wholly' | 'apart';
  /** A file that is taken out of its transaction goes out as one query, around which the server makes one. */
  readonly exemptIsOneQuery?: true;
  /** It sends the rows behind COPY … FROM STDIN, as psql does. */
  readonly copiesRows?: true;
  /** What to write where a statement cannot run in a transaction. */
  readonly remedy?: string;
}

/** How a migration tool would run a file, as far as its name, its markers and the files beside it tell. */
export interface ToolRule extends Ways {
  /** Line of the marker that ends the part that goes up, and of the one that begins it, from 1; undefined where the file has no parts. */
  readonly up?: { readonly first: number; readonly end: number };
  /** Likewise of the part that goes down; undefined where the file has none. */
  readonly downPart?: { readonly first: number; readonly end: number };
  /** The whole file is the way back. */
  readonly down?: true;
  /** It runs again whenever it has changed, after all that run once. */
  readonly repeats?: true;
}

/** A tool that marks the two directions in one file. */
interface MarkedTool extends Ways {
  readonly up: RegExp;
  readonly down: RegExp;
  /** A line that takes the file out of the tool's transaction. */
  readonly without?: RegExp;
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

const MARKED: readonly MarkedTool[] = [
  {
    tool: 'goose',
    transaction: 'file',
    begins: 'once',
    remedy: 'write -- +goose NO TRANSACTION at the top of the file',
    up: /^--\s*\+goose\s+up\b/i,
    down: /^--\s*\+goose\s+down\b/i,
    without: /^--\s*\+goose\s+no\s+transaction\b/i,
  },
  {
    tool: 'dbmate',
    transaction: 'file',
    begins: 'anew',
    commitFails: true,
    remedy: 'give it a file of its own with -- migrate:up transaction:false',
    up: /^--\s*migrate:up\b/i,
    down: /^--\s*migrate:down\b/i,
    without: /^--\s*migrate:up\b.*\btransaction:\s*false\b/i,
    exemptIsOneQuery: true,
  },
  {
    tool: 'sql-migrate',
    transaction: 'file',
    begins: 'once',
    commitFails: true,
    remedy: 'write -- +migrate Up notransaction',
    up: /^--\s*\+migrate\s+up\b/i,
    down: /^--\s*\+migrate\s+down\b/i,
    without: /^--\s*\+migrate\s+up\b.*\bnotransaction\b/i,
  },
  {
    tool: 'micrate',
    transaction: 'as-written',
    up: /^--\s*\+micrate\s+up\b/i,
    down: /^--\s*\+micrate\s+down\b/i,
  },
  {
    tool: 'node-pg-migrate',
    transaction: 'single',
    up: /^--\s*up\s+migration\b/i,
    down: /^--\s*down\s+migration\b/i,
  },
];

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
  const marked = MARKED.find(({ up, down }) => lines.some((line) => up.test(line) || down.test(line)));
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
  const first = lines.findIndex((line) => up.test(line));
  const isExempt = without !== undefined && lines.some((line) => without.test(line));
  const rule = waysOf(marked, isExempt);
  if (first === -1) return { ...rule, down: true };
  const end = lines.findIndex((line, index) => index > first && down.test(line));
  const downFirst = lines.findIndex((line) => down.test(line));
  const downEnd = lines.findIndex((line, index) => index > downFirst && up.test(line));
  const lineAfter = (index: number): number => (index === -1 ? lines.length : index) + 1;
  return {
    ...rule,
    up: { first: first + 1, end: lineAfter(end) },
    ...(downFirst === -1 ? {} : { downPart: { first: downFirst + 1, end: lineAfter(downEnd) } }),
  };
}
