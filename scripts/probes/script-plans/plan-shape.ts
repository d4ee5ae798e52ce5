import type { PlanOperation, ScriptPlan } from '../../artifacts/records/of-plan/dependency-records.ts';

/** How a statement would be run: kinds of nodes and names, nothing of a value, a cost or an estimate. */
export type PlanShape = Pick<ScriptPlan, 'text' | 'relations' | 'indexes' | 'names' | 'writes'>;

const OPERATIONS: readonly PlanOperation[] = ['insert', 'update', 'delete', 'merge'];

/** A node of EXPLAIN (VERBOSE, FORMAT JSON), as far as it is read. */
export interface ExplainNode {
  readonly 'Node Type': string;
  readonly Operation?: string;
  readonly 'Scan Direction'?: string;
  readonly 'Parallel Aware'?: boolean;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly ExplainNode[];
}

/** A plan over hundreds of partitions is told by its first parts. */
const LONGEST_TEXT = 400;

export function planShape(root: ExplainNode): PlanShape {
  const nodes = allOf(root);
  const named = (node: ExplainNode): string | undefined =>
    node['Relation Name'] === undefined ? undefined : `${node.Schema ?? 'public'}.${node['Relation Name']}`;
  const text = textOf(root);
  return {
    text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text,
    relations: distinct(nodes.map(named)),
    indexes: distinct(nodes.map((node) => node['Index Name'])),
    names: distinct(nodes.flatMap(namesIn)),
    writes: nodes.flatMap((node) => {
      const relation = named(node);
      const operation = OPERATIONS.find((one) => one === node.Operation?.toLowerCase());
      return relation === undefined || operation === undefined ? [] : [{ relation, operation }];
    }),
  };
}

function allOf(node: ExplainNode): ExplainNode[] {
  return [node, ...(node.Plans ?? []).flatMap(allOf)];
}

function textOf(node: ExplainNode): string {
  const inputs = inputsOf(node);
  if (inputs.length === 0) return nameOf(node);
  const [only, second] = inputs;
  return second === undefined ? `${nameOf(node)} > ${only ?? ''}` : `${nameOf(node)} (${inputs.join(', ')})`;
}

/** Partitions that are read alike are one input. */
function inputsOf({ 'Node Type': type, Plans: plans = [] }: ExplainNode): string[] {
  if (!type.endsWith('Append')) return plans.map(textOf);
  const byKind = new Map<string, string[]>();
  for (const plan of plans) {
    const kind = kindsOf(plan);
    byKind.set(kind, [...(byKind.get(kind) ?? []), textOf(plan)]);
  }
  return [...byKind.values()].map(([first = '', ...others]) =>
    others.length === 0 ? first : `${first} and ${others.length} alike`,
  );
}

function kindsOf(node: ExplainNode): string {
  return [node['Node Type'], ...(node.Plans ?? []).map(kindsOf)].join('/');
}

function nameOf(node: ExplainNode): string {
  const { Operation: operation, Schema: schema, 'Relation Name': relation, 'Index Name': index } = node;
  const kind = operation === undefined || node['Node Type'] !== 'ModifyTable' ? node['Node Type'] : operation;
  return [
    node['Parallel Aware'] === true ? 'Parallel ' : '',
    kind,
    node['Scan Direction'] === 'Backward' ? ' Backward' : '',
    index === undefined ? '' : ` using ${index}`,
    relation === undefined ? '' : ` on ${schema === 'public' ? '' : `${schema ?? ''}.`}${relation}`,
  ].join('');
}

const CONDITIONS = / (Cond|Filter|Key)$|^Filter$/;
/** A constant, which is skipped, or a name. */
const CONSTANT_OR_NAME = /'(?:[^']|'')*'|"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*)/gu;

function namesIn(node: ExplainNode): string[] {
  const conditions = Object.entries(node)
    .filter(([key]) => CONDITIONS.test(key))
    .flatMap(([, value]: [string, unknown]): unknown[] => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string');
  return conditions.flatMap((condition) =>
    [...condition.matchAll(CONSTANT_OR_NAME)].flatMap(([, quoted, bare]) => {
      const name = quoted?.replaceAll('""', '"') ?? bare;
      return name === undefined ? [] : [name];
    }),
  );
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
