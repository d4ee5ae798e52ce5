/** How a migration tool would run a file, as far as its name and its markers tell. */
export interface ToolRule {
  /** Such as `goose`; where several tools name their files alike and do the same, all of them. */
  readonly tool: string;
  /** `as-written` where the tool or the file does without a transaction. */
  readonly transaction: 'file' | 'single' | 'as-written';
  /** Line of the marker that ends the part that goes up, and of the one that begins it, from 1; undefined where the file has no parts. */
  readonly up?: { readonly first: number; readonly end: number };
  /** Likewise of the part that goes down; undefined where the file has none. */
  readonly downPart?: { readonly first: number; readonly end: number };
  /** The whole file is the way back. */
  readonly down?: true;
}

/** A tool that marks the two directions in one file. */
interface MarkedTool {
  readonly tool: string;
  readonly up: RegExp;
  readonly down: RegExp;
  /** A line that takes the file out of the tool's transaction. */
  readonly without?: RegExp;
  readonly transaction: ToolRule['transaction'];
}

/** A tool that is known by the names of its files. */
interface NamedTool {
  readonly tool: string;
  readonly up: RegExp;
  readonly down?: RegExp;
  readonly without?: RegExp;
}

const MARKED: readonly MarkedTool[] = [
  {
    ...{ tool: 'goose', transaction: 'file' },
    ...{ up: /^--\s*\+goose\s+up\b/i, down: /^--\s*\+goose\s+down\b/i },
    without: /^--\s*\+goose\s+no\s+transaction\b/i,
  },
  {
    ...{ tool: 'dbmate', transaction: 'file' },
    ...{ up: /^--\s*migrate:up\b/i, down: /^--\s*migrate:down\b/i },
    without: /^--\s*migrate:up\b.*\btransaction:\s*false\b/i,
  },
  {
    ...{ tool: 'sql-migrate', transaction: 'file' },
    ...{ up: /^--\s*\+migrate\s+up\b/i, down: /^--\s*\+migrate\s+down\b/i },
    without: /^--\s*\+migrate\s+up\b.*\bnotransaction\b/i,
  },
  {
    ...{ tool: 'micrate', transaction: 'as-written' },
    ...{ up: /^--\s*\+micrate\s+up\b/i, down: /^--\s*\+micrate\s+down\b/i },
  },
  {
    ...{ tool: 'node-pg-migrate', transaction: 'single' },
    ...{ up: /^--\s*up\s+migration\b/i, down: /^--\s*down\s+migration\b/i },
  },
];

/** golang-migrate sends a file as one simple query, whose statements share an implicit transaction; the others begin one. */
const NAMED: readonly NamedTool[] = [
  {
    tool: 'golang-migrate or sqlx',
    ...{ up: /(?:^|\/)\d+_[^/]*\.up\.sql$/i, down: /(?:^|\/)\d+_[^/]*\.down\.sql$/i },
    without: /^--\s*no-transaction\b/i,
  },
  {
    tool: 'diesel',
    ...{ up: /(?:^|\/)[\d-]{10,}_[^/]*\/up\.sql$/i, down: /(?:^|\/)[\d-]{10,}_[^/]*\/down\.sql$/i },
  },
  { tool: 'Prisma', up: /(?:^|\/)\d{14}_[^/]*\/migration\.sql$/i },
  {
    tool: 'Flyway or refinery',
    ...{ up: /(?:^|\/)(?:V\d[\d._]*|R)__[^/]*\.sql$/, down: /(?:^|\/)U\d[\d._]*__[^/]*\.sql$/ },
  },
  { tool: 'Supabase', up: /(?:^|\/)supabase\/migrations\/\d{14}_[^/]*\.sql$/ },
];
/** Lines that tell of a tool without dividing the file. */
const TOLD: readonly (Pick<ToolRule, 'tool' | 'transaction'> & { readonly by: RegExp })[] = [
  { tool: 'Atlas', transaction: 'as-written', by: /^--\s*atlas:txmode\s+none\b/i },
  { tool: 'Atlas', transaction: 'file', by: /^--\s*atlas:txmode\s+file\b/i },
  { tool: 'Drizzle', transaction: 'single', by: /-->\s*statement-breakpoint\s*$/ },
];

/** @param file its path as the plan names it; @param text what is in it */
export function toolRuleOf(file: string, text: string): ToolRule | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const marked = MARKED.find(({ up, down }) => lines.some((line) => up.test(line) || down.test(line)));
  if (marked) return markedRule(marked, lines);
  const told = TOLD.find(({ by }) => lines.some((line) => by.test(line)));
  if (told) return { tool: told.tool, transaction: told.transaction };
  const named = NAMED.find(({ up, down }) => up.test(file) || down?.test(file));
  if (!named) return undefined;
  const { tool, down, without } = named;
  const isExempt = without !== undefined && lines.some((line) => without.test(line));
  return {
    ...{ tool, transaction: isExempt ? 'as-written' : 'file' },
    ...(down?.test(file) === true ? { down: true } : {}),
  };
}

function markedRule(
  { tool, up, down, without, transaction }: MarkedTool,
  lines: readonly string[],
): ToolRule {
  const first = lines.findIndex((line) => up.test(line));
  const isExempt = without !== undefined && lines.some((line) => without.test(line));
  const rule = { tool, transaction: isExempt ? 'as-written' : transaction } as const;
  if (first === -1) return { ...rule, down: true };
  const end = lines.findIndex((line, index) => index > first && down.test(line));
  const downFirst = lines.findIndex((line) => down.test(line));
  const downEnd = lines.findIndex((line, index) => index > downFirst && up.test(line));
  const lineAfter = (index: number): number => (index === -1 ? lines.length : index) + 1;
  return {
    ...{ ...rule, up: { first: first + 1, end: lineAfter(end) } },
    ...(downFirst === -1 ? {} : { downPart: { first: downFirst + 1, end: lineAfter(downEnd) } }),
  };
}

/** The part of the text that goes up, with every other line empty, so that lines keep their numbers. */
export function upPart(text: string, { up }: ToolRule): string {
  return up === undefined ? text : linesOf(text, up);
}

/** Likewise the part that goes down; all of a file that is not divided. */
export function downPart(text: string, rule: ToolRule): string {
  if (rule.downPart !== undefined) return linesOf(text, rule.downPart);
  return rule.up === undefined ? text : '';
}

function linesOf(text: string, { first, end }: { readonly first: number; readonly end: number }): string {
  return text
    .split('\n')
    .map((line, index) => (index + 1 >= first && index + 1 < end ? line : ''))
    .join('\n');
}
