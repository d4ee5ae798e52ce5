import type { ColumnName, MaskRule } from '../../../plan/mask/mask-rules.ts';

/** What another tool's words ask for a column, in ours. */
export interface Wish {
  readonly at: ColumnName;
  /** The nearest rule there is; `keep` where they say that the column is not personal. */
  readonly rule: MaskRule | 'keep';
  /** Whose words, and which: `RandomEmail of greenmask.yml`. Holds no value of a row. */
  readonly why: string;
}

/** From words in the name of a function that makes values, the nearest rule. */
export function ruleByName(name: string): MaskRule {
  if (/e_?mail/i.test(name)) return { kind: 'email' };
  if (/hash|digest|^md5$|^sha\d/i.test(name)) return { kind: 'hash' };
  return { kind: 'scramble' };
}
