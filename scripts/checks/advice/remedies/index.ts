import { ambiguousColumn, returnType, staleBody, staleTriggerBody } from './bodies.ts';
import { cachedPlan } from './cached-plan.ts';
import { checkOption, generatedColumn, notUpdatable, sequenceEnd, viewColumns } from './defined.ts';
import { connectionLimit, mayNotConnect, readOnly } from './connecting.ts';
import { dependents, roleInUse, serverFolder } from './dependents.ts';
import { deployTooEarly } from './deploy-too-early.ts';
import { ambiguousFunction, conflictTarget, jsonEquality, noRow, raised, severalRows } from './functions.ts';
import { notImmutable, policyRecursion, wideIndexRow } from './expressions.ts';
import { partitionedDrop, partitionedIndex, partitionedKey, usedColumn } from './not-supported.ts';
import {
  defaultPartition,
  inUse,
  newEnumValue,
  pendingDetach,
  pendingTriggers,
  replicaIdentity,
} from './object-state.ts';
import {
  defaultRows,
  keyForReference,
  partitionBounds,
  partitionedUnique,
  truncateReferenced,
} from './partitions.ts';
import { privileges } from './privileges.ts';
import { deadlock, foreignKey, nameGone } from './relations.ts';
import type { Remedy, Told, Trouble } from './remedy.ts';
import { concurrentTimeout, connections, lockTable, stackDepth, statementTimeout } from './server-limits.ts';
import { needsBlock, outsideTransaction, ownCommit, serialization } from './transactions.ts';
import { castType, otherType } from './types.ts';
import {
  checkedRows,
  duplicateRows,
  duplicateWrites,
  enumValue,
  nullRows,
  outOfRange,
  tooLong,
} from './values.ts';

/** What can go wrong and what to do, the first that fits; docs/remedies.md is made from it. */
export const REMEDIES = {
  deployTooEarly,
  staleTriggerBody,
  jsonEquality,
  staleBody,
  otherType,
  nameGone,
  ambiguousColumn,
  returnType,
  castType,
  serverFolder,
  privileges,
  cachedPlan,
  outsideTransaction,
  ownCommit,
  needsBlock,
  partitionedIndex,
  partitionedDrop,
  partitionedKey,
  partitionedUnique,
  truncateReferenced,
  usedColumn,
  conflictTarget,
  ambiguousFunction,
  noRow,
  raised,
  notUpdatable,
  checkOption,
  severalRows,
  notImmutable,
  policyRecursion,
  wideIndexRow,
  keyForReference,
  replicaIdentity,
  defaultPartition,
  pendingDetach,
  pendingTriggers,
  inUse,
  newEnumValue,
  enumValue,
  outOfRange,
  sequenceEnd,
  generatedColumn,
  viewColumns,
  tooLong,
  nullRows,
  foreignKey,
  duplicateWrites,
  duplicateRows,
  defaultRows,
  partitionBounds,
  checkedRows,
  deadlock,
  serialization,
  lockTable,
  connectionLimit,
  connections,
  mayNotConnect,
  readOnly,
  stackDepth,
  roleInUse,
  dependents,
  concurrentTimeout,
  statementTimeout,
} as const satisfies Readonly<Record<string, Remedy>>;

export type RemedyId = keyof typeof REMEDIES;

interface FoundRemedy extends Told {
  readonly id: RemedyId;
  readonly isGeneral: boolean;
}

/** Undefined where nothing is known that has been shown to work. */
export function remedyOf(trouble: Trouble): FoundRemedy | undefined {
  for (const [id, remedy] of Object.entries<Remedy>(REMEDIES)) {
    if (!remedy.sqlstates.includes(trouble.sqlstate)) continue;
    const told = remedy.of ? remedy.of(trouble) : { advice: remedy.instead, insteadSql: null };
    if (told !== undefined) return { ...told, id: id as RemedyId, isGeneral: remedy.isGeneral === true };
  }
  return undefined;
}
