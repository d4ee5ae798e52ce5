import type { ToolRule } from './migration-tools.ts';

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
  const lines = text.split('\n').map((line, index) => {
    const isWithin = index + 1 >= first && index + 1 < end;
    // What marks the part is a comment to everybody but Play, whose # is none in SQL.
    return isWithin && !(index + 1 === first && line.startsWith('#')) ? line : '';
  });
  return lines.join('\n');
}
