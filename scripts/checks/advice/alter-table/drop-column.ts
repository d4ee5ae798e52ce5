import type { PartAdvice, AlterPart } from './alter-rule.ts';

/** A column that an app version with traffic still uses. */
export function dropColumn({ command, statement, facts }: AlterPart): PartAdvice | undefined {
  if (command.subtype !== 'AT_DropColumn' || facts.brokenVersions.length === 0) return undefined;
  const column = statement.spell(command.name ?? '');
  const versions = facts.brokenVersions.join(', ');
  return {
    effect: `${versions} still used ${column} when it was dropped.`,
    advice: `Deploy a version that no longer names ${column} first, and drop it only when ${versions} has no traffic left.`,
    sql: null,
  };
}
